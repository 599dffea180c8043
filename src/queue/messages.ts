import { z } from "zod";

const taskId = z.string().regex(/^tsk_[0-9A-Za-z]{1,40}$/);

const exportId = z.string().regex(/^exp_[0-9A-Za-z]{1,40}$/);

const version = { v: z.literal(1) };

/** Everything that travels by queue: references only. A change that old consumers can't read is a new version. */
export const QueueMessage = z.discriminatedUnion("type", [
  z.object({ ...version, type: z.literal("task.split"), task_id: taskId }),
  z.object({ ...version, type: z.literal("task.chunk"), task_id: taskId, chunk: z.int().min(0) }),
  z.object({ ...version, type: z.literal("task.finalize"), task_id: taskId }),
  /** An event was written: its deliveries are due. */
  z.object({ ...version, type: z.literal("event.published"), event_id: z.string() }),
  z.object({ ...version, type: z.literal("webhook.deliver"), delivery_id: z.string() }),
  /** Something was told us on an inbound channel. */
  z.object({ ...version, type: z.literal("hook.received"), inbound_id: z.string() }),
  /** The next step of an export is due. `seq`: steps done when it was sent. */
  z.object({ ...version, type: z.literal("export.step"), export_id: exportId, seq: z.int().min(0) }),
]);

export type QueueMessage = z.infer<typeof QueueMessage>;

/** The kind alone, of a message that may be unreadable otherwise. */
export const MessageType = z.object({
  type: z.enum(QueueMessage.options.map(({ shape }) => shape.type.value)),
});

type Unversioned<Message> = Message extends { v: 1 } ? Omit<Message, "v"> : never;
export type Outgoing = Unversioned<QueueMessage>;

/** The queue that each kind of message belongs to. */
export const QUEUE_OF: Record<QueueMessage["type"], "enrichment" | "exports" | "events"> = {
  "task.split": "enrichment",
  "task.chunk": "enrichment",
  "task.finalize": "enrichment",
  "event.published": "events",
  "webhook.deliver": "events",
  "hook.received": "events",
  "export.step": "exports",
};
