import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import type { HttpTlsConfig } from '../config/index.js';
import type { Logger } from '../log.js';

const lookEveryMs = 5_000;

interface Pem {
  readonly cert: string;
  readonly key: string;
}

export const readTls = ({ certFile, keyFile }: HttpTlsConfig): Pem => ({
  cert: readFileSync(certFile, 'utf8'),
  key: readFileSync(keyFile, 'utf8'),
});

/** Shows a certificate that was renewed from the next connection on; answers how to stop looking. */
export function followTls(server: Server, { certFile, keyFile }: HttpTlsConfig, shown: Pem, log: Logger): () => void {
  const look = async (): Promise<void> => {
    try {
      const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
      if (cert === shown.cert && key === shown.key) return;
      server.setSecureContext({ cert, key });
      shown = { cert, key };
      log.info('the certificate was renewed');
    } catch (error) {
      // Half of a renewal, perhaps: the one that is shown goes on, and the next look decides.
      log.warn({ err: error }, 'the certificate in the files cannot be used');
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
