import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Expr, Items, isMap, type Document, type Tree } from './expr.js';
import { truth } from './operators.js';
import { each } from './structure.js';
import type { Refs } from './refs.js';
import type { Templated } from './templated.js';
import { toItem } from './tree.js';

/** An object of the Kubernetes API as `@kubernetes/client-node` types it. */
interface KubernetesModel {
  readonly apiVersion?: string;
  readonly kind?: string;
}

/** The fields of a manifest, with expressions anywhere. */
export type ManifestOf<T extends KubernetesModel> = {
  readonly [Key in keyof Omit<T, 'apiVersion' | 'kind' | 'status'>]: Templated<T[Key & keyof T]>;
} & { readonly apiVersion: string; readonly kind: string };

/**
 * A Kubernetes object with expressions in it, or objects made in a loop by `includeEach`.
 * Its construct id names the template file: `redis-statefulset` is printed as `redis-statefulset.yaml`.
 */
export class Manifest<T extends KubernetesModel> extends ApiObject {
  #condition: Expr | undefined;
  readonly #written: Document;

  constructor(scope: Construct, id: string, manifest: ManifestOf<T> | Items<ManifestOf<T>>) {
    const written = toItem(manifest);
    super(scope, id, typeOf(written));
    this.#written = written;
  }

  /** `instanceof` would not do: cdk8s lets it hold for every ApiObject. */
  static isManifest(object: object): object is Manifest<KubernetesModel> {
    return #written in object;
  }

  /** The object, or the objects, as the template file holds them. */
  get document(): Document {
    const [written, condition] = [this.#written, this.#condition];
    if (condition === undefined) return written;
    if (written instanceof Items) return new Items({ op: 'spread', list: conditionally(condition, [written]) });
    return conditionally(condition, written);
  }

  /** Leaves the object out unless the condition holds. */
  includeWhen(condition: Expr): this {
    this.#condition = truth(condition);
    return this;
  }

  override toJson(): never {
    throw new TypeError(`${this.node.path} has expressions in it: render the TemplateChart that it belongs to`);
  }
}

/** The object is part of the release only when the condition holds. */
export const includeWhen = (manifest: Manifest<KubernetesModel>, condition: Expr): void => {
  manifest.includeWhen(condition);
};

/** One object for each item of a list, all in one template file. */
export const includeEach = <Item, M extends object>(
  list: Expr<readonly Item[]>,
  manifest: (item: Refs<Item>, index: Expr<number>) => NoInfer<M>,
  name?: string,
): Items<M> => each(list, manifest as never, name);

const conditionally = (condition: Expr, then: Tree): Expr =>
  new Expr({ op: 'when', condition, then, otherwise: undefined }, 'any');

/** The type of an object is fixed; cdk8s wants to know it when the construct is made. */
function typeOf(written: Document): { apiVersion: string; kind: string } {
  const object = written instanceof Items && written.node.op === 'each' ? written.node.body : written;
  const { apiVersion, kind } = isMap(object) ? object : {};
  if (typeof apiVersion === 'string' && typeof kind === 'string') return { apiVersion, kind };
  throw new TypeError('a manifest needs an apiVersion and a kind that are known now');
}
