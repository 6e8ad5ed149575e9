/** So many callers, each of whom asks the next question when its last one is answered by a worker in a process of its own. */
export interface AskTask {
  readonly kind: 'ask';
  readonly questions: number;
  readonly warmUp: number;
  readonly callers: number;
}

export const isAsk = (task: { readonly kind: string }): task is AskTask => task.kind === 'ask';
