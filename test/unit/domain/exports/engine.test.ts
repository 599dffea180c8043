import fc from "fast-check";
import { expect, test } from "vitest";
import { carryPrefix, exportOfKey, fileKey, NOTHING_WRITTEN } from "../../../../src/domain/exports/engine.ts";
import { exportEvent } from "../../../../src/domain/exports/export-event.ts";
import { isOurFailure } from "../../../../src/domain/exports/fail-export.ts";
import { type DraftDeps, FileDraft } from "../../../../src/domain/exports/file-draft.ts";
import { FILE_WRITERS } from "../../../../src/domain/exports/formats/file-writers.ts";
import type { WorkingExport } from "../../../../src/domain/exports/ports.ts";

const PART = 16;

function working(more: Partial<WorkingExport> = {}): WorkingExport {
  return {
    id: "exp_1",
    organisationId: "org_1",
    mode: "live",
    actor: { kind: "key", id: "key_1" },
    requestId: null,
    format: "csv",
    selection: { kind: "list", list_id: "lst_1" },
    columns: ["siren"],
    options: {},
    createdAt: "2026-11-21T08:00:00.000Z",
    status: "running",
    estimatedRows: null,
    rows: 3,
    bytes: 0,
    digest: null,
    objectKey: null,
    counts: null,
    failure: null,
    startedAt: null,
    finishedAt: null,
    expiresAt: null,
    cancelRequestedAt: null,
    seq: 0,
    uploadId: null,
    parts: [],
    lastKey: null,
    carryKey: null,
    state: NOTHING_WRITTEN,
    secret: null,
    leaseId: null,
    leasedUntil: null,
    ...more,
  };
}

/** Keeps copies of what it is given, and the most that came at once. */
function storage() {
  const [parts, objects] = [new Map<number, Uint8Array>(), new Map<string, Uint8Array>()];
  const saved: { uploadId?: string } = {};
  const deps: DraftDeps = {
    writers: FILE_WRITERS,
    size: { partBytes: PART },
    work: {
      saveUpload: async (_, { uploadId }) => {
        saved.uploadId = uploadId;
        return true;
      },
    },
    files: {
      begin: async () => "upload",
      putPart: async ({ uploadId }, number, bytes) => {
        expect(saved.uploadId).toBe(uploadId);
        parts.set(number, bytes.slice());
        return `etag ${number}`;
      },
      abort: async () => undefined,
      putCarry: async (key, bytes) => void objects.set(key, bytes.slice()),
      readCarry: async (key) => objects.get(key) ?? new Uint8Array(),
    },
  };
  return { deps, parts, objects };
}

test("whatever the pages of whatever steps: the parts are equal but the last, and together they are the file", async () => {
  const steps = fc.array(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 4 }), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (written) => {
      const { deps, parts, objects } = storage();
      let made = working();
      for (const [step, pages] of written.entries()) {
        const draft = new FileDraft(deps, made, { exportId: made.id, id: `lse_${step}` });
        await draft.resume();
        for (const page of pages) await draft.push(page);
        const carryKey = await draft.close(step === written.length - 1);
        const uploadId = draft.parts.length > 0 ? "upload" : null;
        made = { ...made, seq: step + 1, carryKey, uploadId, parts: draft.parts, bytes: draft.bytes };
      }
      const whole = Buffer.concat(written.flat());
      const stored = made.parts.map(({ number }) => parts.get(number) ?? new Uint8Array());
      const tail =
        made.carryKey === null ? new Uint8Array() : (objects.get(made.carryKey) ?? new Uint8Array());
      expect(Buffer.concat([...stored, tail]).equals(whole)).toBe(true);
      expect(made.bytes).toBe(whole.length);
      expect(made.parts.map(({ number }) => number)).toEqual(stored.map((_, index) => index + 1));
      for (const part of stored.slice(0, -1)) expect(part.length).toBe(PART);
      // What is carried at the end is a whole file that never filled a part.
      expect(tail.length).toBeLessThan(made.parts.length > 0 ? 1 : PART);
    }),
  );
});

test("a key in R2 tells whose it is", () => {
  const made = working({ id: "exp_0abc" });
  expect(exportOfKey(fileKey(made, FILE_WRITERS))).toEqual({ exportId: "exp_0abc", carry: false });
  expect(exportOfKey(`${carryPrefix("exp_0abc")}3-lse_1`)).toEqual({ exportId: "exp_0abc", carry: true });
  expect(exportOfKey("exports/v1/else")).toBeNull();
  expect(exportOfKey("exports/v1/files/exp_0abc.csv")).toBeNull();
});

test("what is told of an export that ended says all but where its file is", () => {
  const at = "2026-11-21T09:00:00.000Z";
  const made = working({ id: "exp_0abc", bytes: 20, objectKey: "exports/v1/files/org_1/exp_0abc.csv" });
  const ready = exportEvent(made, at, { digest: "d1", expiresAt: "2026-11-22T09:00:00.000Z" });
  expect(ready).toEqual({
    id: "evt_0abc",
    organisationId: "org_1",
    mode: "live",
    type: "export.ready",
    at,
    data: {
      export_id: "exp_0abc",
      format: "csv",
      status: "completed",
      rows: 3,
      bytes: 20,
      digest: "d1",
      expires_at: "2026-11-22T09:00:00.000Z",
    },
  });
  const failed = { status: "failed", digest: null, expires_at: null, failure: "selection_gone" };
  expect(exportEvent(made, at, { failure: "selection_gone" })).toMatchObject({
    type: "export.failed",
    data: failed,
  });
});

test.each([
  ["timed_out", true],
  ["file_damaged", true],
  ["query_too_slow", true],
  ["token_unreadable", true],
  ["airtable_unexpected_answer", true],
  ["airtable_unauthorised", false],
  ["airtable_unknown_field:Nom", false],
  ["airtable_all_refused", false],
  ["file_too_large", false],
  ["selection_gone", false],
])("an export that failed as %s is for us to mend: %s", (failure, ours) => {
  expect(isOurFailure(failure)).toBe(ours);
});
