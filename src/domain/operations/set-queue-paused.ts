import type { AuditTrail } from "../audit/ports.ts";
import { type Operator, operatorRecord } from "./operator.ts";
import type { QueuePauses } from "./ports.ts";
import type { QueueName } from "./queue-name.ts";

interface PauseDeps {
  pauses: Pick<QueuePauses, "read" | "set">;
  trail: AuditTrail;
}

/**
 * Stops or resumes the work of a queue; what is so already is left alone, and not recorded again. Recorded before it
 * is done. Throws `AuditUnavailable` or `StorageUnavailable`.
 */
export async function setQueuePaused(
  { pauses, trail }: PauseDeps,
  operator: Operator,
  { queue, paused }: { queue: QueueName; paused: boolean },
): Promise<void> {
  if ((await pauses.read(queue)) === paused) return;
  const resource = { kind: "queue", id: queue };
  await trail.record(
    operatorRecord(operator, paused ? "queue.paused" : "queue.resumed", { resource, details: {} }),
  );
  await pauses.set(queue, paused);
}
