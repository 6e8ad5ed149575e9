import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export default {
  /** { path } -> { sha256, bytes }. Reading twice is no harm, and a file that is not there will not be there next time. */
  checksum: async ({ data: { path } }, { signal }) => {
    const hash = createHash('sha256');
    const file = createReadStream(path);
    try {
      await pipeline(file, hash, { signal });
    } catch (error) {
      throw Object.assign(error, { retry: error.code !== 'ENOENT' });
    }
    return { sha256: hash.digest('hex'), bytes: file.bytesRead };
  },
};
