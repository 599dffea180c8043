import { StorageUnavailable } from "../domain/enrichment/errors.ts";
import type { ProgressBoard, TaskAnnouncement, TaskProgress as Progress } from "../domain/jobs/ports.ts";
import { type Counts, noCounts, type TaskStatus } from "../domain/jobs/task.ts";
import { newBoard, progressOf, type RecordedTask, takeRecord } from "../domain/jobs/task-progress.ts";
import { errorKind } from "../lib/error-kind.ts";
import type { Logger } from "../observability/logger.ts";
import { objectSpan } from "./object-span.ts";
import type { SnapshotReply, TaskProgress } from "./task-progress.ts";

interface Deps {
  /** Tasks as Postgres has them. Throws `StorageUnavailable`. */
  records: { recorded(taskId: string): Promise<RecordedTask | null> };
  log: Pick<Logger, "event">;
  now: () => number;
}

/**
 * Reaches the object of each task. What an object does not know it is told from Postgres. Calls of the engine throw
 * `StorageUnavailable` when an object can't be reached; readers are then served from Postgres.
 */
export class TaskProgressClient implements ProgressBoard {
  readonly #namespace: DurableObjectNamespace<TaskProgress>;
  readonly #deps: Deps;

  constructor(namespace: DurableObjectNamespace<TaskProgress>, deps: Deps) {
    this.#namespace = namespace;
    this.#deps = deps;
  }

  async announce(task: TaskAnnouncement): Promise<void> {
    await this.#reach("announce", task.taskId, async (object) => object.announce(task));
  }

  async report(taskId: string, part: string, counts: Counts): Promise<{ complete: boolean }> {
    const ask = async () => this.#reach("report", taskId, async (object) => object.report(part, counts));
    const first = await ask();
    if (first.known) return { complete: first.complete };
    await this.refresh(taskId);
    const second = await ask();
    return { complete: second.known && second.complete };
  }

  async finish(
    taskId: string,
    end: { status: TaskStatus; counts: Counts; finishedAt: string },
  ): Promise<void> {
    // Only Postgres knows why a task failed.
    if (end.status === "failed") return this.refresh(taskId);
    const { known } = await this.#reach("finish", taskId, async (object) => object.finish(end));
    return known ? undefined : this.refresh(taskId);
  }

  /** Tells the object what Postgres knows; a task that is gone is left alone. */
  async refresh(taskId: string): Promise<void> {
    const record = await this.#deps.records.recorded(taskId);
    if (record !== null) await this.#reach("restore", taskId, async (object) => object.restore(record));
  }

  /** null: no such task in this organisation. Asks Postgres only for what the object does not know. */
  async read(organisationId: string, taskId: string): Promise<Progress | null> {
    const told = await this.#told(organisationId, taskId);
    if (told.known && !told.quiet) return told.progress;
    try {
      return await this.#readRecorded(organisationId, taskId);
    } catch (error) {
      if (!told.known) throw error;
      this.#deps.log.event("task_progress_unchecked", { task_id: taskId, error: errorKind(error) });
      return told.progress;
    }
  }

  /** A WebSocket to the object of a task that `read` has just found. Throws `StorageUnavailable`. */
  async socket(taskId: string): Promise<WebSocket> {
    const request = new Request("https://task-progress/", { headers: { upgrade: "websocket" } });
    const { webSocket } = await this.#reach("fetch", taskId, async (object) => object.fetch(request));
    if (webSocket === null) throw new StorageUnavailable("task progress: no socket");
    return webSocket;
  }

  async #readRecorded(organisationId: string, taskId: string): Promise<Progress | null> {
    const record = await this.#deps.records.recorded(taskId);
    if (record === null || record.task.organisationId !== organisationId) return null;
    const told = await this.#told(organisationId, taskId, record);
    if (told.known) return told.progress;
    return progressOf(takeRecord(newBoard(record.task), record), noCounts(), this.#deps.now());
  }

  /** What the object knows, once it was told `record`; one that can't be reached knows nothing. */
  async #told(organisationId: string, taskId: string, record?: RecordedTask): Promise<SnapshotReply> {
    try {
      if (record !== undefined)
        await this.#reach("restore", taskId, async (object) => object.restore(record));
      return await this.#reach("snapshot", taskId, async (object) => object.snapshot(organisationId));
    } catch (error) {
      this.#deps.log.event("task_progress_unreachable", { task_id: taskId, error: errorKind(error) });
      return { known: false };
    }
  }

  async #reach<Reply>(
    method: string,
    taskId: string,
    call: (object: DurableObjectStub<TaskProgress>) => Promise<Reply>,
  ): Promise<Reply> {
    try {
      const object = this.#namespace.getByName(`task:v1:${taskId}`);
      return await objectSpan(`TaskProgress.${method}`, async () => call(object));
    } catch (error) {
      throw new StorageUnavailable(error);
    }
  }
}
