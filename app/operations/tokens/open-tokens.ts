import { ConfigError, type Config } from '../../config/index.js';
import type { Logger } from '../../log.js';
import { callerBook, type FindCaller } from './tokens.js';
import { followTokensFile, type TokensFile } from './tokens-file.js';

export interface Tokens {
  /** Left out where no token is asked for. */
  readonly findCaller?: FindCaller;
  readonly close: () => void;
}

/** The tokens that the configuration names. */
export function openTokens({ http: { token, tokensFile } }: Config, log: Logger): Tokens {
  if (tokensFile === undefined) {
    const findCaller = token === undefined ? {} : { findCaller: callerBook(token, () => new Map()) };
    return { ...findCaller, close: () => undefined };
  }
  const { list, close } = followed(tokensFile, log);
  return { findCaller: callerBook(token, list), close };
}

function followed(file: string, log: Logger): TokensFile {
  try {
    return followTokensFile(file, log);
  } catch (error) {
    const lines = (error as Error).message.split('\n');
    throw new ConfigError(lines.map((line) => `MOORLINE_TOKENS_FILE ${file}: ${line}`));
  }
}
