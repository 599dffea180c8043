import { env } from "cloudflare:workers";
import { discardExport } from "../../../src/domain/exports/discard-export.ts";
import { carryPrefix, type EngineDeps, LEASE_MS } from "../../../src/domain/exports/engine.ts";
import type { ExportFormat, Selection } from "../../../src/domain/exports/export.ts";
import type {
  ExportMessage,
  ExportRow,
  FileWriter,
  WorkingExport,
} from "../../../src/domain/exports/ports.ts";
import { runStep } from "../../../src/domain/exports/run-step.ts";
import { hex } from "../../../src/lib/hex.ts";
import { newId } from "../../../src/lib/new-id.ts";
import { randomBytes } from "../../../src/lib/random-bytes.ts";
import { buildServices } from "../../../src/services.ts";
import { ExportUpkeepRepository } from "../../../src/storage/postgres/export-upkeep-repository.ts";
import { ExportWorkRepository } from "../../../src/storage/postgres/export-work-repository.ts";
import { ExportFiles } from "../../../src/storage/r2/export-files.ts";
import { mintWorld, type World } from "../../support/world.ts";

/** The least that R2, and its simulator, take. */
export const LEAST_PART = 5 * 1_024 * 1_024;

/** Thrown by a call that was not done, or whose answer was lost, and by all calls of a consumer that is dead. */
class Broken extends Error {}

export type Moment = "before" | "after";
/** Runs before and after each call of a consumer on a port; `call` counts those of the whole export, from 1. */
export type Fate = (call: number, moment: Moment) => Promise<"lives" | "fails" | "dies">;

const encoder = new TextEncoder();
const LIVES: Fate = async () => "lives";

/** Numbers its lines, so that a line that is lost, written twice or out of place shows. */
const numberedWriter: FileWriter = {
  contentType: "text/plain",
  extension: "txt",
  begin: (columns) => ({ bytes: encoder.encode(`begin ${columns.join(" ")}\n`), state: { lines: 0 } }),
  rows: (state, rows) => {
    const first = Number(state["lines"]) + 1;
    const text = rows.map(({ cells }, index) => `${first + index} ${cells.join(" ")}\n`).join("");
    return { bytes: encoder.encode(text), state: { lines: first - 1 + rows.length } };
  },
  end: (state) => ({ bytes: encoder.encode(`end ${Number(state["lines"])}\n`), state }),
};

/** What the file has to be, worked out without the engine. */
function fileOf(columns: string[], rows: ExportRow[]): string {
  const lines = rows.map(({ cells }, index) => `${index + 1} ${cells.join(" ")}`);
  return [`begin ${columns.join(" ")}`, ...lines, `end ${rows.length}`, ""].join("\n");
}

/** `bytes`: of a line, about; `from`: rows before these. */
export function rowsOf(count: number, bytes: number, from = 0): ExportRow[] {
  return Array.from({ length: count }, (_, index) => {
    const siren = String(100_000_000 + from + index);
    return { siren, key: siren, cells: [siren, `${index}é;`.padEnd(bytes, "abcdefghij")] };
  });
}

async function sha256(bytes: Uint8Array): Promise<string> {
  return hex(await crypto.subtle.digest("SHA-256", bytes));
}

/** The engine on the real Postgres and R2; companies, queue, clock and the fate of consumers are in the test's hands. */
export class ExportEngineWorld {
  readonly world: World;
  readonly queue: { message: ExportMessage; dueAt: number }[] = [];
  readonly events: string[] = [];
  readonly logged: string[] = [];
  readonly uploads = new Map<string, { key: string; parts: number }>();
  readonly upkeep: ExportUpkeepRepository;
  readonly deps: EngineDeps;
  #rows: ExportRow[] = [];
  #expected: { bytes: number; digest: string } | null = null;
  clock = Date.now();
  calls = 0;
  fate: Fate = LIVES;

  constructor(world: World) {
    this.world = world;
    this.upkeep = new ExportUpkeepRepository(world.database);
    this.deps = {
      work: new ExportWorkRepository(world.database),
      files: new ExportFiles(env.EXPORTS),
      queue: {
        send: async (messages, delaySeconds = 0) => {
          for (const message of messages)
            this.queue.push({ message, dueAt: this.clock + delaySeconds * 1_000 });
        },
      },
      rows: {
        page: async (_, { after, limit }) => {
          const first = after === null ? 0 : this.#rows.findIndex(({ key }) => key === after) + 1;
          return this.#rows.slice(first, first + limit);
        },
      },
      tables: { push: async () => [] },
      writers: {
        csv: numberedWriter,
        ndjson: numberedWriter,
        xlsx: numberedWriter,
        sql: numberedWriter,
        airtable: numberedWriter,
      },
      openSecret: async () => "token",
      size: {
        partBytes: LEAST_PART,
        pageRows: 3,
        tableRows: 2,
        stepRows: 5,
        stepMs: 60_000,
        tableStepMs: 60_000,
      },
      now: () => this.clock,
      newId: (prefix) => newId(prefix, this.clock, randomBytes),
      log: { event: (name) => void this.logged.push(name) },
    };
  }

  get rows(): ExportRow[] {
    return this.#rows;
  }

  set rows(rows: ExportRow[]) {
    this.#rows = rows;
    this.#expected = null;
  }

  /** An export that is queued, and its first message. */
  async create(
    more: { format?: ExportFormat; options?: object; selection?: Selection } = {},
  ): Promise<string> {
    const id = newId("exp", this.clock, randomBytes);
    await this.world.database.query(
      `insert into exports (id, organisation_id, mode, actor_kind, format, selection, columns, options, secret,
         fingerprint, status, created_at)
       values ($1, $2, 'live', 'key', $3, $6::jsonb, '{siren,nom_entreprise}', $4::jsonb, 'sealed', $1, 'queued',
         $5::timestamptz)`,
      [
        id,
        this.world.organisationId,
        more.format ?? "csv",
        JSON.stringify(more.options ?? {}),
        new Date(this.clock).toISOString(),
        JSON.stringify(more.selection ?? { kind: "filter", filter: {} }),
      ],
    );
    this.queue.push({ message: { type: "export.step", export_id: id, seq: 0 }, dueAt: this.clock });
    return id;
  }

  /** One consumer: whatever it calls is counted, and may be where it dies. */
  consumer(): EngineDeps {
    let dead = false;
    const meet = async (call: number, moment: Moment): Promise<void> => {
      const fate = await this.fate(call, moment);
      if (fate === "dies") dead = true;
      if (fate !== "lives") throw new Broken();
    };
    const mortal = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          return async (...args: unknown[]): Promise<unknown> => {
            if (dead) throw new Broken();
            this.calls += 1;
            const call = this.calls;
            await meet(call, "before");
            const answer: unknown = await value.apply(target, args);
            this.#note(String(name), args, answer);
            await meet(call, "after");
            return answer;
          };
        },
      });
    const { work, files, queue, rows, tables } = this.deps;
    return {
      ...this.deps,
      work: mortal(work),
      files: mortal(files),
      queue: mortal(queue),
      rows: mortal(rows),
      tables: mortal(tables),
    };
  }

  #note(name: string, [first]: unknown[], answer: unknown): void {
    if (name === "begin") this.uploads.set(String(answer), { key: String(first), parts: 0 });
    if (name !== "putPart" || typeof first !== "object" || first === null || !("uploadId" in first)) return;
    const upload = this.uploads.get(String(first.uploadId));
    if (upload !== undefined) upload.parts += 1;
  }

  /** What is not acknowledged comes again. */
  async deliver(message: ExportMessage): Promise<void> {
    if (message.type === "event.published") return void this.events.push(message.event_id);
    try {
      await runStep(this.consumer(), { exportId: message.export_id, seq: message.seq });
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.queue.push({ message, dueAt: this.clock + 5_000 });
    }
  }

  /** Delivers what is sent, and what that sends, as the clock comes to it. `copies`: of a message, at once. */
  async drain(copies: () => number = () => 1): Promise<void> {
    for (let round = 0; this.queue.length > 0; round += 1) {
      if (round > 300) throw new Error("never quiet");
      this.queue.sort((a, b) => a.dueAt - b.dueAt);
      const next = this.queue.shift();
      if (next === undefined) return;
      this.clock = Math.max(this.clock, next.dueAt);
      await Promise.all(Array.from({ length: copies() }, async () => this.deliver(next.message)));
    }
  }

  /** The next message alone, after the lease of whoever holds one. */
  async step(message: ExportMessage): Promise<void> {
    this.clock += LEASE_MS + 1;
    await this.deliver(message);
  }

  async cancel(exportId: string): Promise<void> {
    await this.world.database.query(
      `update exports set status = 'cancelled', cancel_requested_at = $2::timestamptz, finished_at = $2::timestamptz,
         secret = null where id = $1 and status in ('queued', 'running')`,
      [exportId, new Date(this.clock).toISOString()],
    );
    await discardExport(this.deps, exportId);
  }

  async load(exportId: string): Promise<WorkingExport> {
    const found = await this.deps.work.load(exportId);
    if (found === null) throw new Error("no such export");
    return found;
  }

  /** Whatever is in R2 of an export; uploads with parts too, which only he who began them can see. */
  async remains(exportId: string): Promise<string[]> {
    const prefixes = [carryPrefix(exportId), `exports/v1/files/${this.world.organisationId}/${exportId}`];
    const lists = await Promise.all(prefixes.map(async (prefix) => env.EXPORTS.list({ prefix })));
    const keys = lists.flatMap(({ objects }) => objects.map(({ key }) => key));
    for (const [uploadId, { key, parts }] of this.uploads) {
      if (!key.includes(exportId) || parts === 0) continue;
      const part = env.EXPORTS.resumeMultipartUpload(key, uploadId).uploadPart(9, "still there");
      if (
        await part.then(
          () => true,
          () => false,
        )
      )
        keys.push(`upload ${uploadId}`);
    }
    return keys;
  }

  /** Empty: the file is there, whole and as announced, nothing else is, and it was told once. */
  async faultsOf(exportId: string): Promise<string[]> {
    const found = await this.load(exportId);
    const expected = (this.#expected ??= await this.#measure(found.columns));
    const object = await env.EXPORTS.get(found.objectKey ?? "");
    const checks = {
      status: found.status === "completed",
      rows: found.rows === this.#rows.length,
      bytes: found.bytes === expected.bytes,
      digest: found.digest === expected.digest,
      ended: found.secret === null && found.leaseId === null,
      file: (await sha256((await object?.bytes()) ?? new Uint8Array())) === expected.digest,
      alone: (await this.remains(exportId)).join(" ") === found.objectKey,
      told: (await this.told(exportId)).join(" ") === "export.ready",
    };
    return Object.entries(checks).flatMap(([name, right]) => (right ? [] : [name]));
  }

  async #measure(columns: string[]): Promise<{ bytes: number; digest: string }> {
    const bytes = encoder.encode(fileOf(columns, this.#rows));
    return { bytes: bytes.length, digest: await sha256(bytes) };
  }

  /** What an export without a file has left, in R2 or in its row. */
  async leftOf(exportId: string): Promise<unknown[]> {
    const { secret, objectKey, uploadId } = await this.load(exportId);
    const named = [secret, objectKey, uploadId].filter((value) => value !== null);
    return [...(await this.remains(exportId)), ...named];
  }

  /** Empty: complete without a fault, or cancelled without a trace. */
  async amiss(exportId: string): Promise<unknown[]> {
    const { status } = await this.load(exportId);
    return status === "cancelled" ? this.leftOf(exportId) : this.faultsOf(exportId);
  }

  async told(exportId: string): Promise<unknown[]> {
    const rows = await this.world.database.query(
      "select type from webhook_events where organisation_id = $1 and body like '%' || $2 || '%'",
      [this.world.organisationId, exportId],
    );
    return rows.map((row) => row["type"]);
  }
}

/** With an endpoint that listens, so that events are written. */
export async function mintExportEngine(): Promise<ExportEngineWorld> {
  const world = await mintWorld();
  const endpointId = `whe_${crypto.randomUUID()}`;
  // Sealed for real: the rotation of keys in other files opens whatever there is.
  const { sealed } = await buildServices(env).webhooks.secrets.create(endpointId);
  await world.database.query(
    `insert into webhook_endpoints (id, organisation_id, mode, url, events, status, secret, created_at, updated_at)
     values ($1, $2, 'live', 'https://hooks.test', '{export.ready,export.failed}', 'active', $3, now(), now())`,
    [endpointId, world.organisationId, sealed],
  );
  return new ExportEngineWorld(world);
}
