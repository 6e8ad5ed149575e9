/** The worker cannot start as it is told; the message is one line for people. */
export class WorkerSetupError extends Error {
  override readonly name = 'WorkerSetupError';
}
