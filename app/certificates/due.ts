import { X509Certificate } from 'node:crypto';
import type { KeyPair } from './certificate.js';

/** Clocks differ: a certificate is valid a little before it is made. */
const clockSkewMs = 5 * 60_000;
export const authorityDays = 3650;
export const certificateDays = 90;

/** Time enough for people to notice that nothing renews it. */
const authorityReserveMs = 365 * 86_400_000;
const certificateReserveMs = 30 * 86_400_000;

export const validFrom = (now: Date): Date => new Date(now.getTime() - clockSkewMs);

/** Whether an authority has to be made: there is none, or it ends within a year. */
export function isAuthorityDue(authority: Partial<KeyPair>, now: Date): boolean {
  const parsed = parse(authority);
  return parsed?.ca !== true || endsWithin(parsed, authorityReserveMs, now);
}

/** Whether a certificate has to be issued: there is none, for other names, by another authority, or it ends within 30 days. */
export function isCertificateDue(
  certificate: Partial<KeyPair>,
  { names, authority, now }: { readonly names: readonly string[]; readonly authority: KeyPair; readonly now: Date },
): boolean {
  const parsed = parse(certificate);
  if (parsed === undefined || endsWithin(parsed, certificateReserveMs, now)) return true;
  return !parsed.verify(new X509Certificate(authority.certificate).publicKey) || !isFor(parsed, names);
}

function parse({ certificate, key }: Partial<KeyPair>): X509Certificate | undefined {
  if (certificate === undefined || key === undefined || key === '') return undefined;
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

const endsWithin = ({ validTo }: X509Certificate, ms: number, now: Date): boolean =>
  Date.parse(validTo) - now.getTime() < ms;

function isFor({ subjectAltName = '' }: X509Certificate, names: readonly string[]): boolean {
  const found = subjectAltName.split(', ').map((entry) => entry.replace(/^DNS:/, ''));
  return [...found].sort().join(' ') === [...names].sort().join(' ');
}
