import type { TaskProgress } from "../domain/jobs/ports.ts";
import { isTerminal } from "../domain/jobs/task.ts";
import { taskStatus } from "../domain/jobs/task-status.ts";

const COALESCE_MS = 250;
/** A credential may be revoked meanwhile: whoever still watches comes back with it. */
const LONGEST_MS = 3_600_000;
const ENDED = 1000;
const COME_BACK = 4000;

function messageOf(progress: TaskProgress): string {
  return JSON.stringify({ event: "progress", id: progress.seq, data: taskStatus(progress) });
}

/** Those who watch one task by WebSocket. They hibernate with their object. */
export class ProgressSockets {
  readonly #ctx: DurableObjectState;
  readonly #read: () => TaskProgress | null;
  #sentAt = 0;
  #waiting = false;

  constructor(ctx: DurableObjectState, read: () => TaskProgress | null) {
    this.#ctx = ctx;
    this.#read = read;
  }

  /** The present state first. */
  open(progress: TaskProgress): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    this.#ctx.acceptWebSocket(server);
    server.serializeAttachment(Date.now());
    this.#send(server, progress);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** At most one message per 250 ms, the last state always; the terminal one at once. */
  changed(): void {
    if (this.#waiting || this.#ctx.getWebSockets().length === 0) return;
    const progress = this.#read();
    const wait = this.#sentAt + COALESCE_MS - Date.now();
    if (wait <= 0 || (progress !== null && isTerminal(progress.status))) return this.#broadcast();
    this.#waiting = true;
    setTimeout(() => {
      this.#waiting = false;
      this.#broadcast();
    }, wait);
  }

  close(): void {
    for (const socket of this.#ctx.getWebSockets()) socket.close(COME_BACK, "come back");
  }

  #broadcast(): void {
    const progress = this.#read();
    if (progress === null) return;
    this.#sentAt = Date.now();
    for (const socket of this.#ctx.getWebSockets()) this.#send(socket, progress);
  }

  #send(socket: WebSocket, progress: TaskProgress): void {
    try {
      socket.send(messageOf(progress));
      const since: unknown = socket.deserializeAttachment();
      if (isTerminal(progress.status)) socket.close(ENDED, "ended");
      else if (typeof since === "number" && Date.now() - since > LONGEST_MS)
        socket.close(COME_BACK, "come back");
    } catch {
      // Closed from the other side meanwhile: nobody is left to be told.
    }
  }
}
