/** What everybody who was asked has said, at about one moment. Nodes and Sentinels are named by their ordinals. */
export interface Facts {
  /** One for each configured Sentinel. */
  readonly sentinels: readonly SentinelFact[];
  /** One for each configured data node. */
  readonly nodes: readonly NodeFact[];
  /** One for each configured data node; undefined where there is no such pod. */
  readonly pods: readonly (Pod | undefined)[];
  /** What the record says now; undefined when nothing has been written yet. */
  readonly record: TopologyRecord | undefined;
  /** Where the nodes are, as `host:port`; undefined while a name is unknown. */
  readonly addresses: readonly (string | undefined)[];
}

/** `blank`: it monitors nothing. */
export type SentinelFact = 'silent' | 'blank' | SentinelView;

export interface SentinelView {
  /** The node that it names; undefined for an address that no node has. */
  readonly named: number | undefined;
  /** Of its configuration; half a step ahead while it promotes. */
  readonly epoch: number;
  /** It takes the node that it names for down. */
  readonly seesDown: boolean;
  readonly isFailingOver: boolean;
  readonly downAfterMs: number;
  /** It knows all other nodes and all its fellows. */
  readonly isComplete: boolean;
  /** Servers that it waits for although they are not part of the release (any more), and that are down. */
  readonly ghosts: readonly string[];
}

export type NodeFact = 'silent' | NodeView;

export interface NodeView {
  readonly role: 'primary' | 'replica';
  readonly holdsData: boolean;
  /** How far its data goes. 0 for a replica that has had no link since its start: it cannot say. */
  readonly offset: number;
  readonly uptimeSeconds: number;
  /** Of a replica: the node that it follows; undefined for another server. */
  readonly follows?: number | undefined;
  /** Of a replica: 0 while the link is up, Infinity when it has never been up since the start. */
  readonly linkDownSeconds?: number;
}

/** The value of the label by which Services find the primary and the replicas. */
export type PodRole = 'primary' | 'replica';

export interface Pod {
  readonly name: string;
  readonly uid: string;
  /** What is decided by this version of the pod applies to no other. */
  readonly version: string;
  readonly role: PodRole | undefined;
}

/** The durable record of who is primary. */
export interface TopologyRecord {
  /** Name of the pod. */
  readonly primary: string;
  /** Of the Sentinels' configuration that made it the primary. */
  readonly epoch: number;
  /** When that was first seen: ISO 8601. */
  readonly since: string;
  /** A line `pod host:port` for each node. */
  readonly addresses: string;
}
