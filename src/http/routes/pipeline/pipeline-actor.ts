import type { Context } from "hono";
import type { PipelineActor } from "../../../domain/pipeline/ports.ts";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";

export function pipelineActor(context: Context<AppEnv>): PipelineActor {
  return { principal: context.get("principal"), context: actContext(context) };
}

/** Of what a request makes: the same at each try under one `Idempotency-Key`. */
export function idOfNew(context: Context<AppEnv>, prefix: string): string {
  const operation = context.get("operationId");
  return operation === undefined ? actContext(context).newId(prefix) : `${prefix}_${operation}`;
}
