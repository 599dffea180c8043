import { defineProvider, failed, found, notFound } from "../answer.ts";
import { failure, type ProviderContext } from "../http.ts";
import { getEntreprise } from "./client.ts";
import { toRecord } from "./transform.ts";

export function createPappers(context: ProviderContext) {
  return defineProvider(context.source, async ({ siren }, signal) => {
    const { key } = context;
    if (key === null) return failed(failure("not_configured", "pappers has no key"));
    const reply = await getEntreprise({ ...context, key }, siren, signal);
    if (!reply.ok) return failed(reply.failure, reply.credits);
    if (reply.value === null) return notFound(reply.credits);
    const { answer, partial } = reply.value;
    if (answer.siren !== siren) {
      return failed(failure("malformed", "pappers answered for another SIREN"), reply.credits);
    }
    const record = toRecord(answer, new Date(context.now()).toISOString());
    return found(record, { partial, credits: reply.credits });
  });
}
