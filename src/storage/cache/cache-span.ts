import { span } from "../../observability/span.ts";

/** A read, write or removal in a shared level of the cache as a span. */
export async function cacheSpan<Value>(
  level: "edge" | "kv",
  operation: "read" | "write" | "forget",
  work: () => Promise<Value>,
): Promise<Value> {
  const attributes = { "ma.cache.level": level, "ma.cache.operation": operation };
  return span(`cache ${level} ${operation}`, { kind: "client", attributes }, work);
}
