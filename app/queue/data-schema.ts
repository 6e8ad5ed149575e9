import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { MoorlineError } from '../resilience/errors.js';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is wrong with data given as JSON text; none when it matches. */
export type DataCheck = (dataJson: string) => readonly DataFault[];

export interface DataFault {
  /** Where, and what is not so there: `data.to: must be string`. */
  readonly rule: string;
  /** What stands there, shortened. */
  readonly got: string;
}

/** Compiled schemas are programs: a large one takes long to compile and to run. */
const maxSchemaBytes = 32 * 1024;
const maxFaults = 5;
const maxShownLength = 60;

const options = {
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  // As JSON Schema 2020-12 has it: a format says what is meant and checks nothing.
  validateFormats: false,
  // The first fault of a value ends its check: a long list of faulty items must not become a long list of faults.
  allErrors: false,
  verbose: true,
  logger: false,
} as const;

/** For schemas that somebody wants to set: throws `invalid_request` with the reason where one cannot be used. */
export function checkSchema(schema: JsonSchema): void {
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  if (bytes > maxSchemaBytes) throw unusable(`at most ${maxSchemaBytes} bytes of JSON`, `${bytes} bytes`);
  compile(() => {
    void new Ajv2020(options).validateSchema(schema, true);
  });
  compileSchema(schema);
}

/** For schemas that were checked when they were set. */
export function compileSchema(schema: JsonSchema): DataCheck {
  // An instance for each: schemas of different queues may give themselves the same `$id`.
  const validate = compile(() => new Ajv2020({ ...options, meta: false, validateSchema: false }).compile(schema));
  return (dataJson) => {
    try {
      return validate(JSON.parse(dataJson)) ? [] : (validate.errors ?? []).slice(0, maxFaults).map(faultOf);
    } catch (error) {
      // A schema that refers to itself may be deeper than the stack.
      if (error instanceof RangeError) return [{ rule: 'data: must not be nested so deeply', got: error.message }];
      throw error;
    }
  };
}

function compile<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unusable('a JSON Schema of draft 2020-12', (error as Error).message);
  }
}

function unusable(expected: string, got: string): MoorlineError {
  return new MoorlineError('invalid_request', `Expected schema to be ${expected}, got: ${got}`);
}

function faultOf({ instancePath, message = 'must match the schema', params, data }: ErrorObject): DataFault {
  const named = 'additionalProperty' in params ? ` (${shown(params.additionalProperty)})` : '';
  return { rule: `data${pathText(instancePath)}: ${message}${named}`, got: shown(data) };
}

/** `/items/0/name` as `.items.0.name`. */
function pathText(pointer: string): string {
  return pointer.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > maxShownLength ? `${text.slice(0, maxShownLength)}…` : text;
}
