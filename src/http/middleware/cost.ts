import { createMiddleware } from "hono/factory";
import { totalCredits, totalEuros } from "../../domain/usage/money.ts";
import type { AppEnv } from "../app-env.ts";

/** Every answer of the route says what it cost, refusals included: the route sets `spent` before it may fail. */
export const costHeaders = createMiddleware<AppEnv>(async (context, next) => {
  context.set("spent", {});
  await next();
  const { creditPrices } = context.get("isolate").services.config;
  const spent = context.get("spent");
  context.res.headers.set("x-cost-credits", String(totalCredits(spent)));
  context.res.headers.set("x-cost-euros", totalEuros(creditPrices, spent));
});
