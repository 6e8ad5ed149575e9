export type Component = 'redis' | 'sentinel';
export type ServerName = `${Component}-${number}`;

export const serverNames = [
  'redis-0',
  'redis-1',
  'redis-2',
  'sentinel-0',
  'sentinel-1',
  'sentinel-2',
] as const satisfies readonly ServerName[];

export function componentOf(name: ServerName): Component {
  return name.startsWith('redis-') ? 'redis' : 'sentinel';
}
