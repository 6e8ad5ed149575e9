import { limits } from '../../queue/limits.js';
import type { JobInput } from '../../queue/types.js';
import { MoorlineError } from '../../resilience/errors.js';
import { parseJson } from './json.js';
import { jobInput } from '../schemas/job.js';
import { validate } from '../schemas/validate.js';

/** A line holds the data of a job and what is around it. */
const maxLineBytes = limits.maxJobDataBytes + 4 * 1024;

const newline = 0x0a;
const blank = /^\s*$/;

/** Makes jobs of chunks of newline-delimited JSON, line by line: a line that never ends is refused before it fills the memory. */
export class NdjsonJobs {
  private readonly jobs: JobInput[] = [];
  private line = 1;
  /** The pieces of a line of which the end has not come yet. */
  private pieces: Buffer[] = [];
  private pieceBytes = 0;

  add(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.addPiece(chunk.subarray(start, end));
      this.endLine();
      start = end + 1;
    }
    this.addPiece(chunk.subarray(start));
  }

  /** All jobs, once the last chunk has come. */
  end(): readonly JobInput[] {
    this.endLine();
    if (this.jobs.length === 0) throw new MoorlineError('invalid_request', 'Expected one job a line, got no line');
    return this.jobs;
  }

  private addPiece(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieceBytes += piece.length;
    if (this.pieceBytes > maxLineBytes) {
      throw new MoorlineError('body_too_large', `line ${this.line}: Expected ${maxLineBytes} bytes at most`);
    }
    this.pieces.push(piece);
  }

  private endLine(): void {
    const bytes = this.pieces.length === 1 ? this.pieces[0] : Buffer.concat(this.pieces);
    if (bytes !== undefined && bytes.length > 0) this.addJob(bytes);
    this.line++;
    this.pieces = [];
    this.pieceBytes = 0;
  }

  private addJob(bytes: Buffer): void {
    const where = `line ${this.line}`;
    if (bytes.length < 8 && blank.test(bytes.toString())) return;
    if (this.jobs.length === limits.maxJobsPerRequest) {
      throw new MoorlineError('invalid_request', `${where}: Expected ${limits.maxJobsPerRequest} jobs at most`);
    }
    this.jobs.push(validate(jobInput, parseJson(bytes, where), where));
  }
}
