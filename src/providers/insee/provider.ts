import { defineProvider, failed, found, notFound } from "../answer.ts";
import { failure, type ProviderContext } from "../http.ts";
import { getUniteLegale } from "./client.ts";
import { toRecord, toWithheldRecord } from "./transform.ts";

export function createInsee(context: ProviderContext) {
  return defineProvider(context.source, async ({ siren }, signal) => {
    const { key } = context;
    if (key === null) return failed(failure("not_configured", "insee has no key"));
    const reply = await getUniteLegale({ ...context, key }, siren, signal);
    if (!reply.ok) return failed(reply.failure);
    if (reply.value.kind === "unknown") return notFound();
    return found(reply.value.kind === "withheld" ? toWithheldRecord(siren) : toRecord(reply.value.unite));
  });
}
