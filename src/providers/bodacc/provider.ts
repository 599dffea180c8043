import { defineProvider, failed, found, notFound } from "../answer.ts";
import type { ProviderContext } from "../http.ts";
import { listNotices } from "./client.ts";
import { toRecord } from "./transform.ts";

export function createBodacc(context: ProviderContext) {
  return defineProvider(context.source, async ({ siren }, signal) => {
    const answer = await listNotices(context, siren, signal);
    if (!answer.ok) return failed(answer.failure);
    return answer.value.results.length === 0 ? notFound() : found(toRecord(siren, answer.value.results));
  });
}
