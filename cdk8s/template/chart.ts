import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { evaluateDocument, type Context } from './evaluate.js';
import type { Document } from './expr.js';
import { Manifest } from './manifest.js';
import { enforce, type Refusal } from './refuse.js';

/** A cdk8s chart of `Manifest`s: `trees()` for the Helm chart, `toJson()` for plain manifests under given values. */
export class TemplateChart extends Chart {
  constructor(
    scope: Construct,
    id: string,
    private readonly context: Context,
    private readonly refusals: readonly Refusal[] = [],
  ) {
    super(scope, id);
  }

  /** The template files, in the order in which their manifests were made. */
  trees(): { readonly file: string; readonly tree: Document }[] {
    const objects = this.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    return objects.map((object) => {
      if (Manifest.isManifest(object)) return { file: `${object.node.id}.yaml`, tree: object.document };
      throw new TypeError(`${object.node.path} is no Manifest: it would lose expressions without a word`);
    });
  }

  /** @throws RefusedValues when the values are refused. */
  override toJson(): unknown[] {
    enforce(this.refusals, this.context);
    return this.trees().flatMap(({ tree }) => evaluateDocument(tree, this.context));
  }
}
