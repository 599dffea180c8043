import type { Services } from "../services.ts";
import type { DeadLetter } from "../storage/postgres/dead-letter-writer.ts";

/** A message that is not to be tried again. */
export type Letter = Pick<DeadLetter, "messageId" | "body" | "sentAt">;

/** Puts a letter away, and tells of it the first time that it comes. Throws `StorageUnavailable`. */
export async function keepLetter(
  { jobs, log, now }: Pick<Services, "jobs" | "log" | "now">,
  letter: DeadLetter,
): Promise<void> {
  const { queue, reason, messageId } = letter;
  const isNew = await jobs.deadLetters.keep(letter, now());
  if (isNew) log.event("dead_letter_kept", { queue, reason, message_id: messageId });
}
