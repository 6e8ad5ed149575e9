import type { Expr } from './expr.js';
import { call, toJson } from './operators.js';
import { release } from './refs.js';
import type { Text } from './templated.js';

// What the cluster has already. Helm looks when it installs or upgrades; in a plain rendering, and for `helm template`, nothing is there.

/** An annotation of an object of the release's namespace; empty where there is none. */
export const existingAnnotation = (apiVersion: string, kind: string, name: Text, annotation: string): Expr<string> =>
  call('string', 'dig', 'metadata', 'annotations', annotation, '', lookup(apiVersion, kind, name));

/** An object of the release's namespace, or a list of all of its kind where the name is empty, as JSON; `{}` where there is none. */
export const existingAsJson = (apiVersion: string, kind: string, name: Text): Expr<string> =>
  toJson(lookup(apiVersion, kind, name));

const lookup = (apiVersion: string, kind: string, name: Text): Expr =>
  call('map', 'lookup', apiVersion, kind, release.namespace, name);
