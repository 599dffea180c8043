import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { discardDeadLetter, discardDeadLetterRoute } from "./discard-dead-letter.ts";
import { getProfile, getProfileRoute } from "./get-profile.ts";
import { getQueues, getQueuesRoute } from "./get-queues.ts";
import { listDeadLetters, listDeadLettersRoute } from "./list-dead-letters.ts";
import { pauseQueue, pauseQueueRoute } from "./pause-queue.ts";
import { redriveDeadLetter, redriveDeadLetterRoute } from "./redrive-dead-letter.ts";
import { redriveDeadLetters, redriveDeadLettersRoute } from "./redrive-dead-letters.ts";
import { resumeQueue, resumeQueueRoute } from "./resume-queue.ts";

export function mountAdmin(app: OpenAPIHono<AppEnv>): void {
  app.openapi(getQueuesRoute, getQueues);
  app.openapi(pauseQueueRoute, pauseQueue);
  app.openapi(resumeQueueRoute, resumeQueue);
  app.openapi(listDeadLettersRoute, listDeadLetters);
  app.openapi(redriveDeadLettersRoute, redriveDeadLetters);
  app.openapi(redriveDeadLetterRoute, redriveDeadLetter);
  app.openapi(discardDeadLetterRoute, discardDeadLetter);
  app.openapi(getProfileRoute, getProfile);
}
