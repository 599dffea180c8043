import { DurableObject } from "cloudflare:workers";
import type { TaskAnnouncement, TaskProgress as Progress } from "../domain/jobs/ports.ts";
import { type Counts, isTerminal, noCounts } from "../domain/jobs/task.ts";
import {
  type BoardState,
  isComplete,
  newBoard,
  progressOf,
  type RecordedTask,
  type Standing,
  sumCounts,
  takeRecord,
  takeReport,
} from "../domain/jobs/task-progress.ts";
import { ObjectErrors } from "./object-errors.ts";
import { ProgressSockets } from "./progress-sockets.ts";

const BOARD = "board";
/** Postgres knows all of it: what is deleted here is built again when somebody asks. */
const KEEP_ENDED_MS = 24 * 3_600_000;
const KEEP_OPEN_MS = 7 * KEEP_ENDED_MS;
/** An open task of which nothing was heard for so long is worth a look into Postgres. */
const QUIET_MS = 60_000;

/** `known`: the object has heard of the task. */
export type ReportReply = { known: false } | { known: true; complete: boolean };
/** `progress`: null for another organisation. `quiet`: open, and silent for a minute. */
export type SnapshotReply = { known: false } | { known: true; progress: Progress | null; quiet: boolean };

/** The live view of one task, named `task:v1:<task>`. Made of reports, which Postgres has first. */
export class TaskProgress extends DurableObject<Env> {
  readonly #errors: ObjectErrors;
  readonly #parts = new Map<string, Counts>();
  readonly #sockets: ProgressSockets;
  #board: BoardState | null;
  #sum: Counts;
  #heardAt = Date.now();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#errors = new ObjectErrors(ctx, env);
    this.#board = ctx.storage.kv.get<BoardState>(BOARD) ?? null;
    if (this.#board !== null) {
      const rows = ctx.storage.sql.exec<{ part: string; counts: string }>("select part, counts from parts");
      for (const { part, counts } of rows) this.#parts.set(part, JSON.parse(counts) as Counts);
    }
    this.#sum = sumCounts(this.#parts.values());
    this.#sockets = new ProgressSockets(ctx, () => this.#progress());
  }

  async announce(task: TaskAnnouncement): Promise<void> {
    return this.#errors.reported("TaskProgress.announce", async () => {
      if (this.#board === null) await this.#keep(newBoard(task));
    });
  }

  async report(part: string, counts: Counts): Promise<ReportReply> {
    return this.#errors.reported("TaskProgress.report", async () => {
      if (this.#board === null) return { known: false };
      const taken = takeReport(this.#board, { part, before: this.#parts.get(part), counts }, Date.now());
      if (taken !== null) {
        this.#parts.set(part, taken.counts);
        this.#sum = sumCounts(this.#parts.values());
        this.#storePart(part, taken.counts);
        await this.#keep(taken.state);
      }
      const progress = this.#progress();
      return { known: true, complete: progress !== null && isComplete(progress) };
    });
  }

  async finish(end: Pick<Standing, "status" | "counts" | "finishedAt">): Promise<ReportReply> {
    return this.#errors.reported("TaskProgress.finish", async () => {
      if (this.#board === null) return { known: false };
      await this.#keep(takeRecord(this.#board, { ...this.#board, ...end }));
      return { known: true, complete: false };
    });
  }

  /** What Postgres says, joined with what is known here: it never takes anything back. */
  async restore({ task, ...record }: RecordedTask): Promise<void> {
    return this.#errors.reported("TaskProgress.restore", async () => {
      await this.#keep(takeRecord(this.#board ?? newBoard(task), record));
    });
  }

  snapshot(organisationId: string): SnapshotReply {
    return this.#errors.reportedNow("TaskProgress.snapshot", () => {
      const progress = this.#progress();
      if (progress === null) return { known: false };
      if (progress.organisationId !== organisationId) return { known: true, progress: null, quiet: false };
      const quiet = !isTerminal(progress.status) && Date.now() - this.#heardAt > QUIET_MS;
      return { known: true, progress, quiet };
    });
  }

  /** A socket for somebody who may see the task: the caller has made sure, and that the task is known here. */
  override fetch(): Response {
    return this.#errors.reportedNow("TaskProgress.fetch", () => {
      const progress = this.#progress();
      return progress === null ? new Response(null, { status: 404 }) : this.#sockets.open(progress);
    });
  }

  override webSocketMessage(): void {}

  /** The other half of the closing handshake: hibernating sockets wait for it. Some codes no frame may carry. */
  override webSocketClose(socket: WebSocket, code: number): void {
    return this.#errors.reportedNow("TaskProgress.webSocketClose", () => {
      socket.close(code >= 3_000 && code < 5_000 ? code : 1_000);
    });
  }

  override async alarm(): Promise<void> {
    return this.#errors.reported("TaskProgress.alarm", async () => {
      this.#sockets.close();
      this.#board = null;
      this.#parts.clear();
      this.#sum = noCounts();
      await this.ctx.storage.deleteAll();
    });
  }

  #progress(): Progress | null {
    return this.#board === null ? null : progressOf(this.#board, this.#sum, Date.now());
  }

  #storePart(part: string, counts: Counts): void {
    const upsert = "insert or replace into parts (part, counts) values (?, ?)";
    this.ctx.storage.sql.exec(upsert, part, JSON.stringify(counts));
  }

  async #keep(state: BoardState): Promise<void> {
    const before = this.#board;
    this.#board = state;
    this.#heardAt = Date.now();
    const { storage } = this.ctx;
    if (before === null)
      storage.sql.exec("create table if not exists parts (part text primary key, counts text)");
    storage.kv.put(BOARD, state);
    const ended = isTerminal(state.status);
    if (before === null || (ended && !isTerminal(before.status)))
      await storage.setAlarm(Date.now() + (ended ? KEEP_ENDED_MS : KEEP_OPEN_MS));
    this.#sockets.changed();
  }
}
