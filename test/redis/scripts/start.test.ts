import { describe, expect, test } from '@jest/globals';
import { createScriptedCluster } from '../support/scripted-cluster.js';

describe('the first start', () => {
  test('six servers started together form one primary, two replicas and three Sentinels that agree', async () => {
    const cluster = await createScriptedCluster();
    cluster.startAll();
    expect(await cluster.settled()).toBe('redis-0');
  });
});
