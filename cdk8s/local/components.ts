/** The components of the bundle that are processes, by their label. */
export const components = ['redis', 'sentinel', 'gateway', 'worker'] as const;
export type Component = (typeof components)[number];

/** The option that gives the ports of a component: usually one for the gateway and the worker, several for the others. */
export const portsOption = (component: string): string =>
  component === 'gateway' || component === 'worker' ? `${component}-port` : `${component}-ports`;

export const of = <P extends { readonly component: string }>(component: Component, processes: readonly P[]): P[] =>
  processes.filter((process) => process.component === component);
