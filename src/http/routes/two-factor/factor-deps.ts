import type { Context } from "hono";
import { actContext } from "../../act-context.ts";
import type { AppEnv } from "../../app-env.ts";
import { accountDeps } from "../auth/account-deps.ts";

/** What the second-factor use cases work with. */
export function factorDeps(context: Context<AppEnv>) {
  return { ...accountDeps(context), act: actContext(context) };
}
