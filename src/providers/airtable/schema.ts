import { z } from "zod";
import { jsonOf } from "../http.ts";

/** What an upsert answers; `records` are in the order in which they were sent. */
export const UpsertAnswer = z.object({
  records: z.array(z.object({ id: z.string().max(64) })),
  createdRecords: z.array(z.string()),
});
export type UpsertAnswer = z.infer<typeof UpsertAnswer>;

/** `message` may quote cells: it goes nowhere. */
export interface AirtableError {
  type: string;
  message: string;
}

const Named = z
  .object({ type: z.string(), error: z.string(), message: z.string() })
  .partial()
  .transform(({ type, error, message }) => ({ type: type ?? error ?? "", message: message ?? "" }));

const Bare = z.string().transform((type) => ({ type, message: "" }));

const ErrorBody = z.union([
  z.object({ error: z.union([Bare, Named]) }).transform(({ error }) => error),
  z.object({ errors: z.tuple([z.union([Bare, Named])], z.unknown()) }).transform(({ errors }) => errors[0]),
]);

/** Reads every shape in which Airtable says no; of anything else the type is `UNKNOWN_ERROR`. */
export function readError(text: string): AirtableError {
  const parsed = ErrorBody.safeParse(jsonOf(text));
  const { type, message } = parsed.success ? parsed.data : { type: "", message: "" };
  return { type: /^[A-Z][A-Z0-9_]{2,79}$/.test(type) ? type : "UNKNOWN_ERROR", message };
}
