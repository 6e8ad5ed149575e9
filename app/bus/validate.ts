import { MoorlineError } from '../resilience/errors.js';

const maxMessageBytes = 256 * 1024;
const maxTimeoutMs = 600_000;
/** Topics go into URLs; their parts are separated by dots or colons. */
export const topicPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$/;
const part = '(?:[A-Za-z0-9_-]+|\\*)';
const wildcardPattern = new RegExp(`^(?:\\*\\*|${part}(?:[.:]${part})*(?:[.:]\\*\\*)?)$`);

/** What is sent to one server has a topic of this form there. */
export const ofServer = (serverId: string): string => `server:${serverId}`;
export const isOfServer = (topic: string): boolean => topic.startsWith('server:');

export function checkTopic(topic: string): void {
  if (isOfServer(topic))
    throw invalid('the topic', 'none that begins with `server:`, which is for messages to servers', topic);
  if (topicPattern.test(topic)) return;
  const expected = '1-200 letters, digits, dots, colons, underscores or hyphens, the first a letter or digit';
  throw invalid('the topic', expected, topic);
}

export function checkPattern(pattern: string): void {
  if (topicPattern.test(pattern) || (pattern.length <= 200 && wildcardPattern.test(pattern))) return;
  throw invalid('the topic', 'a topic, or one with `*` for a part and `**` for all parts at its end', pattern);
}

export function checkServerId(serverId: string): void {
  if (/^[A-Za-z0-9._:-]{1,200}$/.test(serverId)) return;
  throw invalid('the server id', '1-200 letters, digits, dots, colons, underscores or hyphens', serverId);
}

export function checkKey(key: string): void {
  if (!/^[^\p{Cc}\p{Cs}]{1,200}$/u.test(key)) {
    throw invalid('idempotencyKey', '1-200 characters without control characters', key);
  }
}

export function checkTimeout(timeoutMs: number): void {
  if (Number.isFinite(timeoutMs) && timeoutMs >= 1 && timeoutMs <= maxTimeoutMs) return;
  throw invalid('timeoutMs', `a number from 1 to ${maxTimeoutMs}`, timeoutMs);
}

export function jsonOf(data: unknown): Buffer {
  const text: unknown = JSON.stringify(data);
  if (typeof text !== 'string') throw invalid('data', 'a JSON value', typeof data);
  const json = Buffer.from(text);
  if (json.length <= maxMessageBytes) return json;
  throw invalid('data', `at most ${maxMessageBytes} bytes of JSON`, `${json.length} bytes`);
}

function invalid(field: string, expected: string, got: unknown): MoorlineError {
  const shown = typeof got === 'string' ? JSON.stringify(got.slice(0, 100)) : String(got);
  return new MoorlineError('invalid_request', `Expected ${field} to be ${expected}, got ${shown}`);
}
