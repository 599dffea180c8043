/** Each is a problem of its own; see the problem catalogue. */
export type TaskRefusal = "tasks.not_cancellable" | "tasks.nothing_to_retry" | "tasks.not_ended";

export class TaskRefused extends Error {
  readonly code: TaskRefusal;

  constructor(code: TaskRefusal) {
    super(code);
    this.code = code;
  }
}
