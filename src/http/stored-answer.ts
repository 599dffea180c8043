import { z } from "zod";
import type { Spent } from "../domain/usage/money.ts";

/** Longer ones are not kept, bytes. An object's value holds 2 MB, and sealing makes four bytes of three. */
const LONGEST_STORED = 1_000_000;

/** An answer as kept for whoever repeats the request; `fingerprint` is of the request. */
const StoredAnswer = z.object({
  fingerprint: z.string(),
  status: z.int(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
  /** Credits by source, as `costHeaders` tells them. */
  spent: z.custom<Spent>((value) => typeof value === "object" && value !== null),
});
type StoredAnswer = z.infer<typeof StoredAnswer>;

/** Leaves the response as it is. null: too long to be kept. */
export async function storeAnswer(
  response: Response,
  { fingerprint, spent }: Pick<StoredAnswer, "fingerprint" | "spent">,
): Promise<string | null> {
  const body = await response.clone().text();
  const headers = [...response.headers];
  const text = JSON.stringify({ fingerprint, status: response.status, headers, body, spent });
  return new TextEncoder().encode(text).length > LONGEST_STORED ? null : text;
}

export function parseStoredAnswer(text: string): StoredAnswer {
  return StoredAnswer.parse(JSON.parse(text));
}

export function replay({ status, headers, body }: StoredAnswer): Response {
  const response = new Response(body === "" ? null : body, { status, headers });
  response.headers.set("idempotent-replayed", "true");
  return response;
}
