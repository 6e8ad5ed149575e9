import { setTimeout as sleep } from 'node:timers/promises';
import { backoffDelayMs } from '../resilience/backoff.js';
import { issueCertificate, makeAuthority, type KeyPair } from './certificate.js';
import { authorityDays, certificateDays, isAuthorityDue, isCertificateDue, validFrom } from './due.js';
import type { Secret, Secrets } from './secret-store.js';

/** A Secret that is to hold a certificate for these DNS names. */
export interface WantedCertificate {
  readonly secret: string;
  readonly names: readonly string[];
}

const maxTries = 20;
const backoff = { firstMs: 50, maxMs: 2_000 };

/**
 * Makes what is missing or about to end, by an authority that is kept in a Secret of its own; names the Secrets it changed.
 * As cert-manager does: `tls.crt`, `tls.key`, and the authority's certificate as `ca.crt`.
 */
export async function fillCertificates(
  secrets: Secrets,
  authoritySecret: string,
  wanted: readonly WantedCertificate[],
  now = new Date(),
): Promise<readonly string[]> {
  const changed: string[] = [];
  const authority = await ensure(secrets, authoritySecret, changed, {
    isDue: (stored) => isAuthorityDue(stored, now),
    make: () => makeAuthority(authoritySecret, { from: validFrom(now), days: authorityDays }),
  });
  for (const { secret, names } of wanted) {
    await ensure(secrets, secret, changed, {
      isDue: (stored) => isCertificateDue(stored, { names, authority, now }),
      make: () => issueCertificate(authority, names, { from: validFrom(now), days: certificateDays }),
      authority,
    });
  }
  return changed;
}

interface Making {
  readonly isDue: (stored: Partial<KeyPair>) => boolean;
  readonly make: () => KeyPair;
  readonly authority?: KeyPair;
}

/** Several pods may do so at once: the first to write wins, the others take what it wrote. */
async function ensure(
  secrets: Secrets,
  name: string,
  changed: string[],
  { isDue, make, authority }: Making,
): Promise<KeyPair> {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const secret = await secrets.read(name);
    const stored = { certificate: textOf(secret, 'tls.crt'), key: textOf(secret, 'tls.key') };
    if (isPair(stored) && !isDue(stored)) return stored;
    const made = make();
    const texts = { 'tls.crt': made.certificate, 'tls.key': made.key, 'ca.crt': (authority ?? made).certificate };
    const data = Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
    );
    if (await secrets.change(name, data, secret.resourceVersion)) {
      changed.push(name);
      return made;
    }
    await sleep(backoffDelayMs(attempt, backoff));
  }
  throw new Error(`The Secret ${name} changed at each of ${maxTries} tries to fill it; try again`);
}

const isPair = (stored: { certificate?: string | undefined; key?: string | undefined }): stored is KeyPair =>
  stored.certificate !== undefined && stored.key !== undefined;

function textOf({ data }: Secret, key: string): string | undefined {
  const value = data[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
}

/** Of the form `SECRET=NAME,NAME`; undefined for any other text. */
export function parseWanted(text: string): WantedCertificate | undefined {
  const [, secret, names] = /^([a-z0-9.-]+)=([A-Za-z0-9.,*-]+)$/.exec(text) ?? [];
  return secret === undefined || names === undefined ? undefined : { secret, names: names.split(',') };
}
