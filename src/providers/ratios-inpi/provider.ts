import { defineProvider, failed, found, notFound } from "../answer.ts";
import type { ProviderContext } from "../http.ts";
import { listRatios } from "./client.ts";
import { toRecord } from "./transform.ts";

export function createRatiosInpi(context: ProviderContext) {
  return defineProvider(context.source, async ({ siren }, signal) => {
    const answer = await listRatios(context, siren, signal);
    if (!answer.ok) return failed(answer.failure);
    return answer.value.results.length === 0 ? notFound() : found(toRecord(siren, answer.value.results));
  });
}
