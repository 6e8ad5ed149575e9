import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { issueCertificate, makeAuthority, type KeyPair } from '../../../app/certificates/certificate.js';

/** The name that all certificates of the tests carry. */
export const serverName = 'redis.example';

const validity = () => ({ from: new Date(Date.now() - 60_000), days: 2 });

export const testAuthority = (): KeyPair => makeAuthority('test authority', validity());

/** A certificate as it lies in a Secret: `tls.crt`, `tls.key` and `ca.crt`. */
export function writeCertificate(directory: string, authority: KeyPair): void {
  const { certificate, key } = issueCertificate(authority, [serverName], validity());
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const [name, text] of [
    ['ca.crt', authority.certificate],
    ['tls.key', key],
    ['tls.crt', certificate],
  ] as const) {
    writeFileSync(join(directory, `${name}.new`), text, { mode: 0o600 });
    renameSync(join(directory, `${name}.new`), join(directory, name));
  }
}

/** The serial number of the certificate that a server shows now. */
export function shownCertificate(port: number, authority: KeyPair): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: serverName, ca: authority.certificate }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
