import type { Context } from "hono";
import type { Operator } from "../../../domain/operations/operator.ts";
import type { RedriveDeps } from "../../../domain/operations/redrive-letter.ts";
import { QueueMessage } from "../../../queue/messages.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";

export function operatorOf(context: Context<AppEnv>): Operator {
  return { principal: context.get("principal"), context: actContext(context) };
}

export function redriveDeps(context: Context<AppEnv>): RedriveDeps {
  const { jobs, operations, log } = context.get("isolate").services;
  return {
    letters: operations.letters,
    send: async (message) => {
      const { v: _, ...outgoing } = QueueMessage.parse({ v: 1, ...message });
      await jobs.queues.send([outgoing]);
    },
    log,
  };
}
