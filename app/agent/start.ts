import { fillCertificates, parseWanted } from '../certificates/fill-certificates.js';
import type { Secrets } from '../certificates/secret-store.js';
import type { AgentConfig, Config } from '../config/index.js';
import { sweepReplyKeys } from '../dispatch/reply-keys.js';
import type { Logger } from '../log.js';
import { createMetrics } from '../metrics.js';
import { createHttpServer } from '../operations/http-server.js';
import type { Readiness } from '../operations/health.js';
import type { Program } from '../operations/lifecycle.js';
import { serveVitals } from '../operations/routes.js';
import { version } from '../operations/version.js';
import { WorkerList } from '../queue/worker-list.js';
import { Agent } from './agent.js';
import { Chores, type Chore } from './chores.js';
import { ReleaseWatch } from './facts/watch.js';
import { connectKubernetes } from './kubernetes/api.js';
import { clusterLease } from './kubernetes/cluster-lease.js';
import { clusterObjects } from './kubernetes/cluster-objects.js';
import { clusterSecrets } from './kubernetes/cluster-secrets.js';
import { Lease } from './lease/lease.js';
import { registerAgentMetrics } from './metrics.js';

/** A worker that says nothing for two minutes is gone. */
const sweepWorkersMs = 60_000;

/** Answers are kept for two minutes. */
const sweepRepliesMs = 60_000;

/** They end a month after they are due. */
const renewCertificatesMs = 3_600_000;

/** Starts an agent: of several in a release the one that holds the Lease acts, the others wait for it. */
export async function startAgent(config: Config, log: Logger, stopping: AbortSignal): Promise<Program> {
  const { redis, serverId, pod } = config;
  if (config.agent === undefined) throw new Error('expected the configuration of an agent');
  const { sentinels, nodes, primaryName, namespace, statefulSet, lease: leaseName, topology } = config.agent;
  const api = connectKubernetes();
  const registry = createMetrics();
  const metrics = registerAgentMetrics(registry, () => agent.withoutPrimaryMs / 1_000);
  const lease = new Lease({
    store: clusterLease(api, namespace, leaseName),
    me: `${pod.name}_${serverId}`,
    log,
    onChange: (isOurs) => {
      log.info(isOurs ? 'this agent acts from now on' : 'another agent acts from now on');
      metrics.active(isOurs);
      agent.hurry();
    },
  });
  const remainingMs = () => lease.remainingMs;
  const watch = new ReleaseWatch({
    redis,
    sentinels,
    nodes,
    primaryName,
    connectionName: `moorline:${pod.name}:agent`,
    log,
    onMove: () => {
      agent.hurry();
    },
  });
  const objects = clusterObjects({ api, namespace, statefulSet, nodes: nodes.length, topology, reporter: pod.name });
  const agent = new Agent({ watch, objects, primaryName, metrics, log, remainingMs });
  const chores = new Chores({
    chores: [
      sweepWorkers(agent, watch),
      sweepReplies(agent, watch),
      ...renewCertificates(config.agent, clusterSecrets(api, namespace), log),
    ],
    remainingMs,
    log,
    onDone: (outcome) => {
      metrics.acted('chore', outcome);
    },
  });

  const server = createHttpServer({ log, registry });
  const readiness = (): Readiness => {
    if (stopping.aborted) return { ready: false, reason: 'The process is stopping' };
    return lease.isKnown ? { ready: true } : { ready: false, reason: 'The Lease cannot be read' };
  };
  const report = () => ({ ...readiness(), active: remainingMs() > 0, primary: agent.primary });
  serveVitals(server, { readiness, report, registry });
  const close = async (): Promise<void> => {
    await chores.stop();
    await agent.stop();
    await lease.release();
    await watch.close();
    await server.close();
  };
  try {
    const url = await server.listen({ host: config.http.host, port: config.http.port });
    log.info({ url, version }, 'agent listens');
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Reading the list removes who is silent. */
const sweepWorkers = (agent: Agent, watch: ReleaseWatch): Chore => ({
  name: 'workers that are gone',
  everyMs: sweepWorkersMs,
  run: async () => {
    const { primary } = agent;
    if (primary === undefined) return;
    await new WorkerList({ command: (args) => watch.tellNode(primary, args) }).list();
  },
});

/** Answers of tasks that nobody fetched go by themselves; not those that were robbed of their expiry. */
const sweepReplies = (agent: Agent, watch: ReleaseWatch): Chore => ({
  name: 'answers that nobody fetched',
  everyMs: sweepRepliesMs,
  run: async () => {
    const { primary } = agent;
    if (primary === undefined) return;
    await sweepReplyKeys({ command: (args) => watch.tellNode(primary, args) });
  },
});

/** Those that the release has made for itself. */
const renewCertificates = ({ certificates }: AgentConfig, secrets: Secrets, log: Logger): Chore[] =>
  certificates === undefined
    ? []
    : [
        {
          name: 'certificates that end soon',
          everyMs: renewCertificatesMs,
          run: async () => {
            const wanted = certificates.wanted.flatMap((text) => parseWanted(text) ?? []);
            const renewed = await fillCertificates(secrets, certificates.authority, wanted);
            if (renewed.length > 0) log.info({ secrets: renewed }, 'certificates were renewed');
          },
        },
      ];
