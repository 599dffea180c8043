import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../../../../src/domain/audit/audit-record.ts";
import type { DeadLetter, DeadLetterStore, LetterMessage } from "../../../../src/domain/operations/ports.ts";
import { redriveLetter } from "../../../../src/domain/operations/redrive-letter.ts";
import { redriveLetters } from "../../../../src/domain/operations/redrive-letters.ts";
import type { Operator } from "../../../../src/domain/operations/operator.ts";

const NOW = Date.parse("2026-11-20T10:00:00Z");

let ids = 0;
const OPERATOR: Operator = {
  principal: { organisationId: "org_operator", actor: { kind: "user", id: "usr_1" } },
  context: {
    origin: { address: "198.51.100.7", userAgent: "curl", requestId: "req_1" },
    now: NOW,
    newId: (prefix) => `${prefix}_${++ids}`,
  },
};

/** Letters in memory; `givenUp`: rows that ended with their chunk. */
class MemoryLetters implements DeadLetterStore {
  readonly letters = new Map<string, DeadLetter>();
  readonly records: AuditRecord[] = [];
  readonly children: string[] = [];
  givenUp = 0;

  add(id: string, message: LetterMessage | null): void {
    const at = new Date(NOW).toISOString();
    const base = { queue: "enrichment", reason: "retries_exhausted", status: "open" } as const;
    this.letters.set(id, { ...base, id, message, sentAt: at, receivedAt: at, resolvedAt: null });
  }

  statusOf(id: string): string | undefined {
    return this.letters.get(id)?.status;
  }

  #set(id: string, from: DeadLetter["status"], to: DeadLetter["status"]): boolean {
    const letter = this.letters.get(id);
    if (letter?.status !== from) return false;
    this.letters.set(id, { ...letter, status: to });
    return true;
  }

  async list() {
    return [...this.letters.values()];
  }

  async load(id: string) {
    return this.letters.get(id) ?? null;
  }

  async redrivable() {
    return [...this.letters.keys()];
  }

  async resolve(id: string, { status }: { status: "redriven" | "discarded" }, record: AuditRecord) {
    if (!this.#set(id, "open", status)) return false;
    this.records.push(record);
    return true;
  }

  async reopen(id: string, record: AuditRecord) {
    if (this.#set(id, "redriven", "open")) this.records.push(record);
  }

  async retryChunk(...[retry, { operator }]: Parameters<DeadLetterStore["retryChunk"]>) {
    if (this.givenUp === 0 || !this.#set(retry.letterId, "open", "redriven")) return null;
    this.records.push(operator);
    this.children.push(retry.childId);
    return "org_customer";
  }
}

function setUp() {
  const letters = new MemoryLetters();
  const sent: LetterMessage[] = [];
  const logged: string[] = [];
  const deps = {
    letters,
    send: async (message: LetterMessage) => {
      sent.push(message);
    },
    log: { event: (name: string) => logged.push(name) },
  };
  const broken = {
    ...deps,
    send: async () => {
      throw new Error("queue down");
    },
  };
  return { letters, sent, logged, deps, broken };
}

const CHUNK = { type: "task.chunk", task_id: "tsk_1", chunk: 0 };

describe("a dead letter", () => {
  test("goes back to its queue once, with the operator's record", async () => {
    const { letters, sent, deps } = setUp();
    letters.add("dl_1", { type: "webhook.deliver", delivery_id: "dlv_1" });
    expect(await redriveLetter(deps, OPERATOR, "dl_1")).toEqual({ outcome: "redriven", taskId: null });
    expect(await redriveLetter(deps, OPERATOR, "dl_1")).toEqual({ outcome: "not_open" });
    expect(sent).toEqual([{ type: "webhook.deliver", delivery_id: "dlv_1" }]);
    expect(letters.records).toMatchObject([
      {
        action: "dead_letter.redriven",
        organisationId: "org_operator",
        resource: { kind: "dead_letter", id: "dl_1" },
        outcome: "success",
      },
    ]);
  });

  test("whose queue does not take it is open again, and the record says so", async () => {
    const { letters, broken, deps } = setUp();
    letters.add("dl_1", { type: "hook.received", inbound_id: "inb_1" });
    await expect(redriveLetter(broken, OPERATOR, "dl_1")).rejects.toMatchObject({
      code: "storage.unavailable",
    });
    expect(letters.statusOf("dl_1")).toBe("open");
    expect(letters.records.map(({ outcome }) => outcome)).toEqual(["success", "failure"]);
    expect(await redriveLetter(deps, OPERATOR, "dl_1")).toMatchObject({ outcome: "redriven" });
  });

  test("that can't be read or is not there is told apart", async () => {
    const { letters, sent, deps } = setUp();
    letters.add("dl_1", null);
    expect(await redriveLetter(deps, OPERATOR, "dl_1")).toEqual({ outcome: "unreadable" });
    await expect(redriveLetter(deps, OPERATOR, "dl_2")).rejects.toMatchObject({ code: "resource.not_found" });
    expect(sent).toEqual([]);
  });
});

describe("a dead chunk", () => {
  test("whose rows ended with it becomes a child task", async () => {
    const { letters, sent, deps } = setUp();
    letters.givenUp = 3;
    letters.add("dl_1", CHUNK);
    const redrive = await redriveLetter(deps, OPERATOR, "dl_1");
    expect(redrive).toEqual({ outcome: "redriven", taskId: letters.children[0] });
    expect(sent).toEqual([{ type: "task.split", task_id: letters.children[0] }]);
  });

  test("whose child can't be dispatched is redriven all the same: the task is there", async () => {
    const { letters, broken, logged } = setUp();
    letters.givenUp = 3;
    letters.add("dl_1", CHUNK);
    expect(await redriveLetter(broken, OPERATOR, "dl_1")).toMatchObject({ outcome: "redriven" });
    expect(letters.statusOf("dl_1")).toBe("redriven");
    expect(logged).toEqual(["task_not_dispatched"]);
  });

  test("with rows still open is sent as it is", async () => {
    const { letters, sent, deps } = setUp();
    letters.add("dl_1", CHUNK);
    expect(await redriveLetter(deps, OPERATOR, "dl_1")).toEqual({ outcome: "redriven", taskId: null });
    expect(sent).toEqual([CHUNK]);
  });
});

test("many at a time are counted: those that went, and those that somebody else was faster with", async () => {
  const { letters, sent, deps } = setUp();
  for (let n = 0; n < 9; n++) letters.add(`dl_${n}`, { type: "webhook.deliver", delivery_id: `dlv_${n}` });
  await redriveLetter(deps, OPERATOR, "dl_4");
  const counts = await redriveLetters(deps, OPERATOR, { queue: null, limit: 100 });
  expect(counts).toEqual({ redriven: 8, skipped: 1 });
  expect(new Set(sent.map((message) => message["delivery_id"])).size).toBe(9);
});
