import { span } from "../../observability/span.ts";

/** One dealing with a bucket as a span: its name and outcome, never a key. */
export async function bucketSpan<Value>(bucket: string, work: () => Promise<Value>): Promise<Value> {
  return span(`r2 ${bucket}`, { kind: "client", attributes: { "ma.bucket": bucket } }, work);
}
