import { z } from "@hono/zod-openapi";
import {
  type DeadLetter as DomainLetter,
  LETTER_STATUSES,
  WORK_QUEUES,
} from "../../../domain/operations/ports.ts";
import { QUEUE_NAMES } from "../../../domain/operations/queue-name.ts";
import { nameInput } from "../../closed-object.ts";
import { idParam } from "../../identifier-schema.ts";

const EXAMPLE_ID = "dl_0mdfk3x2a7r4v9t1b6y3h8n5c";

export const QueueParam = nameInput(QUEUE_NAMES);
export const WorkQueueInput = nameInput(WORK_QUEUES);
export const LetterStatusInput = nameInput(LETTER_STATUSES);
export const LetterParam = idParam(EXAMPLE_ID);

export const LetterCursor = z
  .string()
  .superRefine((text, context) => {
    if (/^dl_[A-Za-z0-9_-]{1,60}$/.test(text)) return;
    const fault = "dead_letters.cursor";
    context.addIssue({ code: "custom", message: fault, params: { fault } });
  })
  .openapi({ description: "`next_cursor` of the page before" });

const instant = z.iso.datetime();

export const DeadLetter = z
  .object({
    id: z.string().openapi({ example: EXAMPLE_ID }),
    queue: z
      .enum(WORK_QUEUES)
      .nullable()
      .openapi({ description: "where it came from; null when it does not say" }),
    message: z
      .looseObject({ type: z.string() })
      .nullable()
      .openapi({
        description: "The work that it asked for: references only; null when it can't be read",
        example: { type: "task.chunk", task_id: "tsk_0mdfk3x2a7r4v9t1b6y3h8n5c", chunk: 7 },
      }),
    reason: z.string(),
    status: z.enum(LETTER_STATUSES),
    sent_at: instant,
    received_at: instant.openapi({ description: "when it was given up" }),
    resolved_at: instant.nullable(),
  })
  .openapi("DeadLetter");

export function deadLetterJson(letter: DomainLetter): z.infer<typeof DeadLetter> {
  return {
    id: letter.id,
    queue: letter.queue,
    message: letter.message,
    reason: letter.reason,
    status: letter.status,
    sent_at: letter.sentAt,
    received_at: letter.receivedAt,
    resolved_at: letter.resolvedAt,
  };
}

export const QueueWork = z.object({ queue: z.enum(QUEUE_NAMES), paused: z.boolean() }).openapi("QueueWork");
