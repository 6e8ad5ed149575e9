import { MoorlineError } from '../../resilience/errors.js';
import type { Subject } from './subject.js';

/** A connection follows so many streams and topics. */
export const maxSubscriptions = 100;

export const forbidden = ({ kind, name }: Subject): MoorlineError =>
  new MoorlineError('forbidden', `Expected a token that may read the ${kind} ${name}. Ask whoever issues it.`);

export const already = ({ kind, name }: Subject): MoorlineError =>
  new MoorlineError(
    'invalid_request',
    `Expected one subscription of the ${kind} ${name} on a connection; unsubscribe first.`,
  );

export const tooMany = (): MoorlineError =>
  new MoorlineError('quota_exceeded', `Expected at most ${maxSubscriptions} subscriptions on one connection.`);
