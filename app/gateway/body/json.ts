import { isUtf8 } from 'node:buffer';
import { MoorlineError } from '../../resilience/errors.js';

/** Deeper nesting than any real document has; parsing and printing it recursively would exhaust the stack. */
export const maxNesting = 64;

/** Parses JSON text of a client; `where` names it in the message, e.g. `line 3`. Numbers are doubles, as in JavaScript. */
export function parseJson(bytes: Buffer, where: string): unknown {
  if (!isUtf8(bytes)) throw invalid(where, 'Expected UTF-8, got other bytes');
  // Before anything is parsed: a bomb of brackets must not become objects first.
  if (nestingOf(bytes) > maxNesting) throw invalid(where, `Expected JSON nested ${maxNesting} levels at most`);
  const text = bytes.toString();
  const value = parse(text, where);
  if (mayHoldInfinity.test(text) && holdsInfinity(value)) {
    throw invalid(where, 'Expected numbers up to 1.8e308 (a double); send a larger one as a string');
  }
  return value;
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid(where, `Expected JSON: ${error instanceof SyntaxError ? error.message : 'it cannot be read'}`);
  }
}

const invalid = (where: string, message: string): MoorlineError =>
  new MoorlineError('invalid_request', `${where}: ${message}`);

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/** How deep arrays and objects are nested, also in text that is no JSON. */
function nestingOf(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) inString = !inString;
    else if (inString) at += byte === backslash ? 1 : 0;
    else if (byte === openBracket || byte === openBrace) deepest = Math.max(deepest, ++depth);
    else if (byte === closeBracket || byte === closeBrace) depth--;
  }
  return deepest;
}

/** JSON.parse makes Infinity of 1e999, and JSON.stringify makes null of that. Few texts need the closer look. */
const mayHoldInfinity = /\d[eE]\+?\d{3}|\d{309}/;

function holdsInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity);
}
