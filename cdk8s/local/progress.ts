/** Says what happens: one live line with a spinner on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #live: boolean;
  #text = '';
  #startedMs = 0;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(readonly stream: NodeJS.WriteStream = process.stdout) {
    this.#live = stream.isTTY;
  }

  /** Begins a step. */
  step(text: string): void {
    this.#startedMs = Date.now();
    this.#text = text;
    if (!this.#live) {
      this.stream.write(`  ${text}\n`);
      return;
    }
    this.#timer ??= setInterval(() => {
      this.#draw();
    }, 100);
    this.#draw();
  }

  /** More about the step that runs; shown on a terminal only. */
  update(text: string): void {
    this.#text = text;
  }

  /** Ends a step. */
  done(text: string): void {
    const seconds = ((Date.now() - this.#startedMs) / 1000).toFixed(1);
    this.clear();
    this.stream.write(`✓ ${text} (${seconds} s)\n`);
  }

  /** Takes the live line away, so that something else can be written. */
  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#live) this.stream.write('\r\u001b[K');
  }

  #draw(): void {
    const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
    this.#frame = (this.#frame + 1) % frames.length;
    // Some terminals do not know how wide they are, and say 0.
    const columns = this.stream.columns > 0 ? this.stream.columns : 80;
    const line = `${frames.charAt(this.#frame)} ${this.#text}`.slice(0, columns - 1);
    this.stream.write(`\r\u001b[K${line}`);
  }
}
