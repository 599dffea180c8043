import type { z } from "zod";
import { exchange, type Outcome, parseReply, type ProviderContext, statusFailure } from "./http.ts";

/** The most that the Opendatasoft records endpoint gives in a page. */
const PAGE_SIZE = 100;

interface RecordSearch<T> {
  dataset: string;
  /** ODSQL. The only variable part is a SIREN, nine digits by then. */
  where: string;
  orderBy: string;
  schema: z.ZodType<T>;
}

/** First page of an Opendatasoft dataset (explore API v2.1), which hosts BODACC and the financial ratios. */
export async function findRecords<T>(
  context: ProviderContext,
  search: RecordSearch<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const query = new URLSearchParams({
    where: search.where,
    order_by: search.orderBy,
    limit: String(PAGE_SIZE),
    offset: "0",
  });
  const url = `${context.baseUrl}/catalog/datasets/${search.dataset}/records?${query.toString()}`;
  const reply = await exchange(context, { url, signal });
  if (!reply.ok) return reply;
  if (reply.value.status !== 200) return { ok: false, failure: statusFailure(context, reply.value) };
  return parseReply(context.source, reply.value, search.schema);
}
