import { env } from "cloudflare:workers";
import { auditRecord } from "../../../src/domain/audit/audit-record.ts";
import type { RefreshRequest, RefreshResult } from "../../../src/domain/enrichment/ports.ts";
import { buryMessage } from "../../../src/domain/jobs/bury-message.ts";
import type { EngineDeps } from "../../../src/domain/jobs/engine.ts";
import { finalizeTask } from "../../../src/domain/jobs/finalize-task.ts";
import type { EngineMessage, NewTask, TaskMessage } from "../../../src/domain/jobs/ports.ts";
import { runChunk } from "../../../src/domain/jobs/run-chunk.ts";
import { splitTask } from "../../../src/domain/jobs/split-task.ts";
import { type Counts, noCounts, type Task, type TaskRow } from "../../../src/domain/jobs/task.ts";
import { Slots } from "../../../src/lib/slots.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildServices } from "../../../src/services.ts";
import { mintWorld, type World } from "../../support/world.ts";

export interface Sent {
  message: EngineMessage;
  /** ms of the world's clock. */
  dueAt: number;
}

export type Flight = (request: RefreshRequest, attempt: number) => Promise<RefreshResult>;

/** A company that every source knows, without the personal data that would go with it. */
export const FOUND: Flight = async ({ siren, sources }) => resultOf(siren, sources, { known: true });

export function resultOf(
  siren: string,
  sources: RefreshRequest["sources"],
  { known, faults = [] }: { known: boolean; faults?: RefreshResult["faults"] },
): RefreshResult {
  const at = new Date().toISOString();
  const state = (source: (typeof sources)[number]) => ({
    source,
    record: { siren, as_of: "2026-11-01", identite: { nom_entreprise: "ATELIERS DURAND" } },
    record_hash: "hash",
    partial: false,
    retrieved_at: at,
    fresh_until: at,
    unchanged: 0,
    vanished: false,
  });
  // Only whether there is a score is looked at.
  const score = known ? ({} as NonNullable<RefreshResult["stored"]["score"]>) : null;
  const states = known ? sources.map(state) : [];
  const stored = { v: 1, siren, states, sector: null, score } as const;
  return { stored, asked: sources, audit: "nothing", faults, spent: {}, origin: "sources" };
}

/** The engine on the real Postgres, R2 and progress object, with a queue and sources in the test's hands. */
export class EngineWorld {
  readonly world: World;
  readonly services = buildServices(env);
  readonly queue: Sent[] = [];
  readonly asked: string[] = [];
  readonly events: string[] = [];
  flight: Flight = FOUND;
  clock = Date.now();
  readonly deps: EngineDeps;

  constructor(world: World) {
    this.world = world;
    this.deps = {
      ...this.services.jobs.engine,
      queue: {
        send: async (messages, delaySeconds = 0) => {
          for (const message of messages)
            this.queue.push({ message, dueAt: this.clock + delaySeconds * 1_000 });
        },
      },
      flights: {
        refresh: async (request) => {
          const attempt = this.asked.filter((siren) => siren === request.siren).length;
          this.asked.push(request.siren);
          return this.flight(request, attempt);
        },
      },
      now: () => this.clock,
      random: () => 0.5,
    };
  }

  /** Valid SIRENs of this test's own. */
  sirens(count: number): string[] {
    return Array.from({ length: count }, (_, index) => this.world.siren(`row ${index}`));
  }

  /** A task whose upload waits to be split, and nothing sent for it. */
  async createTask(rows: TaskRow[], more: Partial<NewTask> = {}): Promise<NewTask> {
    const { organisationId } = this.world;
    const id = newId("tsk", this.clock, randomBytes);
    const key = `uploads/v1/${organisationId}/${newId("upl", this.clock, randomBytes)}.jsonl`;
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    await env.UPLOADS.put(key, text);
    const task: NewTask = {
      id,
      organisationId,
      parentId: null,
      type: "batch",
      mode: "live",
      actor: { kind: "key", id: "key_test" },
      requestId: "req_test",
      sources: ["recherche_entreprises", "bodacc"],
      maxAgeMs: null,
      rows: rows.length,
      distinctRows: rows.filter(({ outcome }) => outcome === null).length,
      uploadKey: key,
      uploadBytes: text.length,
      createdAt: new Date(this.clock).toISOString(),
      ...more,
    };
    const context = {
      origin: { address: null, userAgent: null, requestId: null },
      now: this.clock,
      newId: (prefix: string) => newId(prefix, this.clock, randomBytes),
    };
    const record = auditRecord(context, {
      organisationId,
      actor: task.actor,
      action: "task.created",
      resource: { kind: "task", id },
      outcome: "success",
      details: {},
    });
    await this.services.jobs.tasks.create(task, [], record);
    await this.services.jobs.progress.announce({ ...task, taskId: id });
    return task;
  }

  async createRows(count: number): Promise<NewTask> {
    return this.createTask(this.sirens(count).map((siren, index) => buildRow(index + 1, siren)));
  }

  async rows(taskId: string) {
    return this.world.database.query(
      "select row_no, siren, outcome, reason, attempts from task_rows where task_id = $1 order by row_no",
      [taskId],
    );
  }

  async handle(message: EngineMessage, deps: EngineDeps = this.deps): Promise<void> {
    if (message.type === "task.split") return splitTask(deps, message.task_id);
    if (message.type === "task.finalize") return finalizeTask(deps, message.task_id);
    if (message.type === "event.published") return void this.events.push(message.event_id);
    return runChunk(deps, new Slots(20), { taskId: message.task_id, chunk: message.chunk });
  }

  async bury(message: TaskMessage): Promise<void> {
    return buryMessage(this.deps, message);
  }

  /** Delivers what is sent, and what that sends, as the clock comes to it. */
  async drain(): Promise<void> {
    for (;;) {
      this.queue.sort((a, b) => a.dueAt - b.dueAt);
      const next = this.queue.shift();
      if (next === undefined) return;
      this.clock = Math.max(this.clock, next.dueAt);
      await this.handle(next.message);
    }
  }

  async run(task: NewTask): Promise<Task> {
    this.queue.push({ message: { type: "task.split", task_id: task.id }, dueAt: this.clock });
    await this.drain();
    return this.load(task.id);
  }

  async load(taskId: string): Promise<Task> {
    const task = await this.deps.tasks.load(taskId);
    if (task === null) throw new Error("no such task");
    return task;
  }

  /** As the rows say, and no row counted twice. */
  async outcomes(taskId: string): Promise<Counts> {
    const tally = await this.deps.tasks.tally({ taskId });
    if (tally.open > 0) throw new Error(`${tally.open} rows are open`);
    return tally.counts;
  }
}

export async function mintEngine(): Promise<EngineWorld> {
  return new EngineWorld(await mintWorld());
}

/** Rows as intake writes them. */
export function buildRow(rowNo: number, siren: string | null, more: Partial<TaskRow> = {}): TaskRow {
  return { rowNo, line: rowNo + 1, input: siren ?? "?", siren, outcome: null, reason: null, ...more };
}

export function countsOf(counts: Partial<Counts>): Counts {
  return { ...noCounts(), ...counts };
}
