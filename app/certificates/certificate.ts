import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import {
  bitString,
  boolean,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  utcTime,
  utf8String,
} from './der.js';

/** PEM texts of a certificate and its private key. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly from: Date;
  readonly days: number;
}

/** An authority of its own, which may sign certificates of servers and nothing else. */
export function makeAuthority(name: string, validity: Validity): KeyPair {
  const keys = makeKeys();
  return certify({
    subject: name,
    issuer: { name, key: keys.key, publicKey: keys.publicKey },
    keys,
    validity,
    extensions: [
      extension('2.5.29.19', sequence(boolean(true), integer(Buffer.of(0))), true),
      // keyCertSign and cRLSign
      extension('2.5.29.15', bitString(Buffer.of(0x06), 1), true),
    ],
  });
}

/** The certificate of a server that clients know by any of these DNS names. */
export function issueCertificate(authority: KeyPair, names: readonly string[], validity: Validity): KeyPair {
  const keys = makeKeys();
  const issuer = new X509Certificate(authority.certificate);
  return certify({
    // Clients look at the names below alone; the field is short, and a Service's name may be long.
    subject: 'moorline',
    issuer: {
      name: issuer.subject.replace(/^CN=/, ''),
      key: authority.key,
      publicKey: issuer.publicKey.export({ type: 'spki', format: 'der' }),
    },
    keys,
    validity,
    extensions: [
      extension('2.5.29.19', sequence(), true),
      // digitalSignature
      extension('2.5.29.15', bitString(Buffer.of(0x80), 7), true),
      // serverAuth
      extension('2.5.29.37', sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', sequence(...names.map((name) => tagged(2, Buffer.from(name), false)))),
    ],
  });
}

interface Keys {
  readonly key: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
}

function makeKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

interface Request {
  readonly subject: string;
  readonly issuer: Keys & { readonly name: string };
  readonly keys: Keys;
  readonly validity: Validity;
  readonly extensions: readonly Buffer[];
}

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** As of RFC 5280, section 4.1. */
function certify({ subject, issuer, keys, validity: { from, days }, extensions }: Request): KeyPair {
  const until = new Date(from.getTime() + days * 86_400_000);
  const toBeSigned = sequence(
    // The third version.
    tagged(0, integer(Buffer.of(2)), true),
    integer(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    ecdsaWithSha256,
    commonName(issuer.name),
    sequence(utcTime(from), utcTime(until)),
    commonName(subject),
    keys.publicKey,
    tagged(
      3,
      sequence(
        ...extensions,
        extension('2.5.29.14', octetString(keyIdentifier(keys.publicKey))),
        extension('2.5.29.35', sequence(tagged(0, keyIdentifier(issuer.publicKey), false))),
      ),
      true,
    ),
  );
  const signature = sign('sha256', toBeSigned, createPrivateKey(issuer.key));
  return { certificate: pem(sequence(toBeSigned, ecdsaWithSha256, bitString(signature))), key: keys.key };
}

const commonName = (name: string): Buffer => sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String(name))));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(objectIdentifier(id), ...(critical ? [boolean(true)] : []), octetString(value));

/** Tells the keys of an issuer apart; any short hash of the key will do. */
const keyIdentifier = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest();

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
