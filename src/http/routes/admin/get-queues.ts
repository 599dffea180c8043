import { createRoute, type RouteHandler, z } from "@hono/zod-openapi";
import { consumersIn } from "../../../domain/operations/consumer-settings.ts";
import type { OpenWork } from "../../../domain/operations/open-work.ts";
import { QUEUE_NAMES, type QueueName } from "../../../domain/operations/queue-name.ts";
import type { Services } from "../../../services.ts";
import { readOpenWork } from "../../../storage/postgres/open-work-reader.ts";
import type { AppEnv } from "../../app-env.ts";
import { closedObject } from "../../closed-object.ts";
import { PRIVATE_JSON } from "../../json-response.ts";
import { requireScope } from "../../middleware/authenticate.ts";
import { requireOperator } from "../../middleware/require-operator.ts";
import { COMMON_PROBLEMS } from "../../shared-responses.ts";

const count = z.number().int();
const instant = z.iso.datetime();
const letters = z.array(z.object({ reason: z.string(), open: count }));

const QueueStatus = z
  .object({
    name: z.enum(QUEUE_NAMES),
    backlog_count: count.nullable().openapi({ description: "messages; null when the platform does not say" }),
    backlog_bytes: count.nullable(),
    oldest_message_at: instant.nullable(),
    paused: z.boolean(),
    consumer: z.object({
      max_batch_size: count,
      max_batch_timeout_seconds: count,
      max_retries: count,
      max_concurrency: count.nullable().openapi({ description: "null: as many as the platform likes" }),
      companies_in_flight: count
        .nullable()
        .openapi({ description: "of one consumer; null where none are worked on" }),
      dead_letter_queue: z.enum(QUEUE_NAMES).nullable(),
    }),
    dead_letters: letters.openapi({ description: "open ones that came from this queue, by reason" }),
  })
  .openapi("QueueStatus");

const QueueOverview = z
  .object({
    queues: z.array(QueueStatus),
    unreadable_messages: letters.openapi({
      description: "open dead letters that don't say where they came from",
    }),
    work: z.object({
      tasks: z.object({ queued: count, running: count, oldest_at: instant.nullable(), open_rows: count }),
      exports: z.object({ queued: count, running: count, oldest_at: instant.nullable() }),
      webhook_deliveries: z.object({
        pending: count,
        overdue: count.openapi({ description: "due, and not attempted yet" }),
      }),
      inbound_events: z.object({ received: count, failed: count, oldest_at: instant.nullable() }),
    }),
  })
  .openapi("QueueOverview");

export const getQueuesRoute = createRoute({
  method: "get",
  path: "/api/v2/admin/queues",
  operationId: "getQueues",
  tags: ["Operations"],
  summary: "See what the queues hold and what is left to do",
  description:
    "What waits in each queue and how it is consumed, open dead letters, and open work as the database has it, of all organisations. A paused queue shows as such at once; its consumers follow within a minute.",
  security: [{ bearer: ["operations:write"] }],
  middleware: [requireScope("operations:write"), requireOperator] as const,
  request: { query: closedObject({}) },
  responses: {
    200: { description: "The queues", content: { "application/json": { schema: QueueOverview } } },
    ...COMMON_PROBLEMS,
  },
});

function lettersOf(work: OpenWork, queue: string | null): z.infer<typeof letters> {
  return work.letters.filter((one) => one.queue === queue).map(({ reason, open }) => ({ reason, open }));
}

async function statusOf({ config, operations }: Services, name: QueueName, work: OpenWork) {
  const [gauge, paused] = await Promise.all([operations.queues.gauge(name), operations.pauses.read(name)]);
  const consumer = consumersIn(config.environment)[name];
  return {
    name,
    backlog_count: gauge.backlogCount,
    backlog_bytes: gauge.backlogBytes,
    oldest_message_at: gauge.oldestMessageAt,
    paused,
    consumer: {
      max_batch_size: consumer.maxBatchSize,
      max_batch_timeout_seconds: consumer.maxBatchTimeout,
      max_retries: consumer.maxRetries,
      max_concurrency: consumer.maxConcurrency,
      companies_in_flight: name === "enrichment" ? config.batch.inFlight : null,
      dead_letter_queue: consumer.deadLetterQueue,
    },
    dead_letters: lettersOf(work, name),
  };
}

function workJson({ tasks, exports, deliveries, inbound }: OpenWork) {
  return {
    tasks: {
      queued: tasks.queued,
      running: tasks.running,
      oldest_at: tasks.oldestAt,
      open_rows: tasks.openRows,
    },
    exports: { queued: exports.queued, running: exports.running, oldest_at: exports.oldestAt },
    webhook_deliveries: deliveries,
    inbound_events: { received: inbound.received, failed: inbound.failed, oldest_at: inbound.oldestAt },
  };
}

export const getQueues: RouteHandler<typeof getQueuesRoute, AppEnv> = async (context) => {
  const { services } = context.get("isolate");
  const work = await readOpenWork(services.database, services.now());
  const queues = await Promise.all(QUEUE_NAMES.map(async (name) => statusOf(services, name, work)));
  const answer = { queues, unreadable_messages: lettersOf(work, null), work: workJson(work) };
  return context.json(answer, 200, PRIVATE_JSON);
};
