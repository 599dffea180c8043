import type { QueueName } from "../domain/operations/queue-name.ts";
import { metrics } from "../observability/metric-buffer.ts";
import { QueueMessage } from "./messages.ts";

interface Attempted {
  body: unknown;
  /** From 1. */
  attempts: number;
  /** When it was sent. */
  timestamp: Date;
}

/** Counts an attempt at a message; instants in ms, `failed`: it is delivered again. */
export function countMessage(
  queue: QueueName | null,
  { body, attempts, timestamp }: Attempted,
  { started, ended, failed }: { started: number; ended: number; failed: boolean },
): void {
  const name = queue ?? "unknown";
  const type = QueueMessage.safeParse(body).data?.type ?? "unreadable";
  const unreadable = type === "unreadable" && queue !== "dead-letter";
  const result = failed ? "retried" : unreadable ? "unreadable" : "done";
  metrics.count("queue_messages_total", { queue: name, type, result });
  metrics.observe("queue_message_duration_seconds", { queue: name }, (ended - started) / 1_000);
  if (attempts > 1) return;
  const waited = Math.max(0, started - timestamp.getTime());
  metrics.observe("queue_message_wait_seconds", { queue: name }, waited / 1_000);
}
