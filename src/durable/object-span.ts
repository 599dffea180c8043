import { span } from "../observability/span.ts";

/** A call of an object as a span; `name`: class and method. The object itself is not named: its name may be a person's. */
export async function objectSpan<Result>(name: string, call: () => Promise<Result>): Promise<Result> {
  const attributes = { "rpc.system": "durable_objects", "rpc.method": name };
  return span(name, { kind: "client", attributes }, call);
}
