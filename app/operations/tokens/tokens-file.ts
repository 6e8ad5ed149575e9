import { readFileSync, unwatchFile, watchFile, type Stats } from 'node:fs';
import type { Logger } from '../../log.js';
import { parseTokenList, type TokenList } from './token-list.js';

/** A mounted Secret changes by the swap of a link, which nothing but looking notices everywhere. */
const lookEveryMs = 2_000;

export interface TokensFile {
  readonly list: () => TokenList;
  readonly close: () => void;
}

/**
 * The tokens of a file, read again when it changes. One that is not there counts as empty: a Secret may get the key later.
 * One that cannot be read as tokens leaves those of before in place.
 *
 * @throws TokenListError where the first reading fails.
 */
export function followTokensFile(file: string, log: Logger): TokensFile {
  let list = readTokens(file);
  const readAgain = (now: Stats, before: Stats): void => {
    if (now.mtimeMs === before.mtimeMs && now.ino === before.ino) return;
    try {
      list = readTokens(file);
      log.info({ file, tokens: list.size }, 'the tokens of the gateway were read again');
    } catch (error) {
      log.error(
        { file, reason: (error as Error).message },
        'the tokens of the gateway cannot be read; those of before stay',
      );
    }
  };
  watchFile(file, { interval: lookEveryMs, persistent: false }, readAgain);
  return {
    list: () => list,
    close: () => {
      unwatchFile(file, readAgain);
    },
  };
}

function readTokens(file: string): TokenList {
  try {
    return parseTokenList(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}
