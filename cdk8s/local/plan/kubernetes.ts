/** The fields of rendered Kubernetes objects that mean something on one machine; all others are left alone. */
export interface Manifest {
  readonly kind?: string;
  readonly metadata?: Metadata;
}

export interface Metadata {
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Workload extends Manifest {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly metadata?: Metadata; readonly spec?: PodSpec };
    readonly volumeClaimTemplates?: readonly { readonly metadata?: Metadata }[];
  };
}

export interface Service extends Manifest {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly ServicePort[];
  };
}

export interface ServicePort {
  readonly port: number;
  readonly targetPort?: string | number;
}

export interface ConfigMap extends Manifest {
  readonly data?: Readonly<Record<string, string>>;
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

export interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvironmentVariable[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly readinessProbe?: Probe;
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>> | undefined>>;
  readonly volumeMounts?: readonly VolumeMount[];
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly resourceFieldRef?: ResourceField;
    readonly secretKeyRef?: { readonly key: string };
  };
}

export interface ResourceField {
  readonly resource: string;
  readonly divisor?: string;
}

export interface Probe {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: { readonly path?: string; readonly port: string | number };
  readonly timeoutSeconds?: number;
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: object;
  readonly configMap?: NamedKeys;
  readonly secret?: {
    readonly secretName?: string;
    readonly items?: readonly KeyToPath[];
    readonly optional?: boolean;
  };
  readonly projected?: { readonly sources?: readonly ProjectedSource[] };
}

export interface ProjectedSource {
  readonly configMap?: NamedKeys;
  readonly secret?: NamedKeys & { readonly optional?: boolean };
}

/** A ConfigMap or Secret, and which of its keys become which files. */
export interface NamedKeys {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
}

export interface KeyToPath {
  readonly key: string;
  readonly path: string;
}
