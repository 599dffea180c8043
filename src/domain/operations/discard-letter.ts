import { ResourceNotFound } from "../accounts/errors.ts";
import { type Operator, operatorRecord } from "./operator.ts";
import type { DeadLetterStore } from "./ports.ts";

/** Puts an open letter aside for good; false: it is not open. Throws `ResourceNotFound`, `StorageUnavailable`. */
export async function discardLetter(
  letters: Pick<DeadLetterStore, "load" | "resolve">,
  operator: Operator,
  id: string,
): Promise<boolean> {
  const letter = await letters.load(id);
  if (letter === null) throw new ResourceNotFound();
  const resource = { kind: "dead_letter", id };
  const details = { type: letter.message?.type ?? null };
  const record = operatorRecord(operator, "dead_letter.discarded", { resource, details });
  const at = new Date(operator.context.now).toISOString();
  return letters.resolve(id, { status: "discarded", at }, record);
}
