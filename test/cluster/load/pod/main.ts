import { existsSync, readFileSync } from 'node:fs';
import { consume, produce } from './clients.js';
import { listen } from './endpoint.js';
import { Gateway } from './gateway.js';
import { Journal } from './journal.js';

// The program of a load pod. It needs nothing but Node and the files beside it.

const producers = 2;

const {
  GATEWAY_URL = '',
  GATEWAY_NAME = '',
  TOKEN_FILE = '',
  NODE_NAME = '',
  JOURNAL_DIR = '',
  PORT = '',
} = process.env;
const journal = new Journal(`${JOURNAL_DIR}/journal`);
const token = readFileSync(TOKEN_FILE, 'utf8').trim();
// Whoever wants the ledger makes this file.
const isWanted = (): boolean => !existsSync(`${JOURNAL_DIR}/stop`);

const client = (name: string) => ({
  name,
  journal,
  gateway: new Gateway(GATEWAY_URL, GATEWAY_NAME, token, name, journal),
});

listen(Number(PORT), journal);
void consume(client(`${NODE_NAME} consumer`));
await Promise.all(
  Array.from({ length: producers }, (_, at) => produce(client(`${NODE_NAME} producer ${at}`), isWanted)),
);
journal.write({ type: 'stopped' });
