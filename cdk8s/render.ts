import { App } from 'cdk8s';
import { Bundle } from './bundle/index.js';
import { chartMetadata } from './chart-metadata.js';
import type { Context } from './template/index.js';
import { Values } from './values/index.js';

export interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** A Kubernetes object as it is applied. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}

/** The objects of a release under these values: what `helm template` prints for them. Throws RefusedValues for a refused combination. */
export const renderManifests = (values: Values, release: Release): KubernetesObject[] =>
  new Bundle(new App(), 'moorline', contextOf(values, release)).toJson() as KubernetesObject[];

/** What Helm calls the root context. Managed by Helm in every rendering, since all renderings are the same. */
export const contextOf = (values: Values, release: Release): Context => ({
  Values: values,
  Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm' },
  Chart: { Name: chartMetadata.name, Version: chartMetadata.version, AppVersion: chartMetadata.appVersion },
});

/** Values as a user writes them; every problem names the path of the value. */
export function parseValues(input: unknown): Values {
  const parsed = Values.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'values'}: ${issue.message}`);
  throw new InvalidValues(problems);
}

export class InvalidValues extends Error {
  override readonly name = 'InvalidValues';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
