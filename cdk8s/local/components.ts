import type { LocalProcess } from './plan/plan.js';

/** The components of the bundle by their label, and the keys of its Secret: all that is known here by name. */
export const component = { redis: 'redis', sentinel: 'sentinel', gateway: 'gateway', worker: 'worker' } as const;
export type Component = keyof typeof component;

export const secretKey = {
  redisPassword: 'redis-password',
  sentinelPassword: 'sentinel-password',
  gatewayToken: 'gateway-token',
} as const;

/** The option that gives the ports of a component: usually one for the gateway and the worker, several for the others. */
export const portsOption = (name: string): string =>
  name === component.gateway || name === component.worker ? `${name}-port` : `${name}-ports`;

export const of = (name: Component, processes: readonly LocalProcess[]): LocalProcess[] =>
  processes.filter((process) => process.component === name);
