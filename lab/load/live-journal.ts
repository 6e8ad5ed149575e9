/** What became of the chunks of one stream, and of the messages of one topic. */
export class LiveJournal {
  /** Chunks that the gateway said it has: they are numbered from 1. */
  chunks = 0;
  /** A line for people on each chunk that came twice, too early or not at all, without a word. */
  readonly chunkTroubles: string[] = [];
  /** Likewise on each message that did not come after those before it. */
  readonly messageTroubles: string[] = [];
  /** How often followers were told that they may have missed chunks. */
  told = 0;
}
