/** Wakes whoever waits for something to change; they look for themselves what it was. */
export class Bell {
  private sleepers: (() => void)[] = [];

  /** Resolves at the next ring. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.sleepers.push(resolve);
    });
  }

  ring(): void {
    const { sleepers } = this;
    this.sleepers = [];
    for (const wake of sleepers) wake();
  }
}
