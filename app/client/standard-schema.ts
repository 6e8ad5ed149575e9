import { MoorlineError } from '../resilience/errors.js';

/** What zod, Valibot, ArkType and others have in common: https://standardschema.dev */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Result<Output> | Promise<Result<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type Result<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The data as the schema makes it, or `invalid_request` with the first fault; `where` names it in the message. */
export async function checkedBySchema(schema: StandardSchema, data: unknown, where: string): Promise<unknown> {
  const result = await schema['~standard'].validate(data);
  if (result.issues === undefined) return result.value;
  const [issue] = result.issues;
  const place = [where, ...(issue?.path ?? []).map(keyOf)].join('.');
  throw new MoorlineError('invalid_request', `${place}: ${issue?.message ?? 'it does not match the schema'}`);
}

const keyOf = (part: PropertyKey | { readonly key: PropertyKey }): string =>
  String(typeof part === 'object' ? part.key : part);
