import type { V1Pod } from '@kubernetes/client-node';
import type { TestRelease } from '../support/release.js';

/** A line for each time that a container of the application was started again in its pod: `pod: 2`. */
export async function restartsOf(release: TestRelease): Promise<string[]> {
  const selector = `app.kubernetes.io/instance=${release.name},app.kubernetes.io/component in (gateway,worker,agent)`;
  const { items } = JSON.parse(await release.kubectl('get', 'pods', '-l', selector, '-o', 'json')) as {
    items: V1Pod[];
  };
  return items.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? [])
      .filter(({ restartCount }) => restartCount > 0)
      .map(({ name, restartCount }) => `container ${name} of ${metadata?.name ?? ''} for the ${restartCount}. time`),
  );
}
