import type { Task } from "../../../../src/domain/jobs/task.ts";
import { iso, NOW } from "../../../support/enrichment-world.ts";

/** A running batch of one row, created at NOW. */
export function buildTask(more: Partial<Task> = {}): Task {
  return {
    id: "tsk_1",
    organisationId: "org_a",
    parentId: null,
    type: "batch",
    mode: "live",
    status: "running",
    actor: { kind: "key", id: "key_1" },
    requestId: null,
    sources: ["pappers", "insee"],
    maxAgeMs: null,
    rows: 1,
    distinctRows: 1,
    uploadKey: null,
    uploadBytes: null,
    splitOffset: 0,
    splitRows: 0,
    splitDistinct: 0,
    dispatchedChunks: 1,
    counts: null,
    failure: null,
    createdAt: iso(NOW),
    startedAt: null,
    finishedAt: null,
    cancelRequestedAt: null,
    ...more,
  };
}
