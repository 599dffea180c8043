import { errorKind } from "../../lib/error-kind.ts";
import type { EngineDeps } from "./engine.ts";
import type { Part, RowEnd, Tally } from "./ports.ts";

const FLUSH_ROWS = 10;
const FLUSH_MS = 500;

interface WriterDeps extends Pick<EngineDeps, "now" | "log"> {
  tasks: Pick<EngineDeps["tasks"], "endRows">;
  board: Pick<EngineDeps["board"], "report">;
}

export type Origin = "cache" | "sources";
interface Waiting {
  origin: Origin;
  end: RowEnd & { rowNo: number };
}

/** Writes the rows of one chunk as they end, a few at a time, so that progress is live. */
export class ChunkWriter {
  readonly #deps: WriterDeps;
  readonly #part: Required<Part>;
  /** Rows that were written as ended with a company, by where it came from. */
  readonly enriched: Record<Origin, number> = { cache: 0, sources: 0 };
  #waiting: Waiting[] = [];
  #flushedAt: number;
  /** Writes in the order they were asked for; the first that fails fails all after it. */
  #turn: Promise<void> = Promise.resolve();
  #over = false;

  constructor(deps: WriterDeps, part: Required<Part>) {
    this.#deps = deps;
    this.#part = part;
    this.#flushedAt = deps.now();
  }

  /** A write failed, or somebody else ended the chunk: more work on it is in vain. */
  get isOver(): boolean {
    return this.#over;
  }

  async add(origin: Origin, ends: Waiting["end"][]): Promise<void> {
    this.#waiting.push(...ends.map((end) => ({ origin, end })));
    const due = this.#deps.now() - this.#flushedAt >= FLUSH_MS;
    if (this.#waiting.length >= FLUSH_ROWS || due) await this.#inTurn(async () => this.#flush());
  }

  /** Writes the rest. The board must hear of it: without that nobody knows when the task is complete. */
  async finish(): Promise<{ tally: Tally; complete: boolean }> {
    const { taskId, chunk } = this.#part;
    let end = null;
    await this.#inTurn(async () => {
      const tally = await this.#write();
      const { complete } = await this.#deps.board.report(taskId, `chunk:${chunk}`, tally.counts);
      end = { tally, complete };
    });
    if (end === null) throw new Error("chunk not written");
    return end;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#over = true;
      throw error;
    });
    await this.#turn;
  }

  async #flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const tally = await this.#write();
    const { taskId, chunk } = this.#part;
    try {
      await this.#deps.board.report(taskId, `chunk:${chunk}`, tally.counts);
    } catch (error) {
      this.#deps.log.event("progress_not_reported", { task_id: taskId, chunk, error: errorKind(error) });
    }
  }

  async #write(): Promise<Tally> {
    const written = this.#waiting;
    this.#waiting = [];
    this.#flushedAt = this.#deps.now();
    const ends = written.map(({ end }) => end);
    const tally = await this.#deps.tasks.endRows(this.#part, ends, new Date(this.#flushedAt).toISOString());
    for (const { origin, end } of written)
      if (end.outcome === "enriched" || end.outcome === "partial") this.enriched[origin] += 1;
    if (tally.open === 0) this.#over = true;
    return tally;
  }
}
