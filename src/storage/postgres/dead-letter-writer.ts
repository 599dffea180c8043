import { newId } from "../../lib/new-id.ts";
import { randomBytes } from "../../lib/random-bytes.ts";
import { type Database, query } from "./database.ts";

export interface DeadLetter {
  /** Of the queue it came from; null when its body does not say. */
  queue: string | null;
  messageId: string;
  body: unknown;
  reason: "unreadable" | "retries_exhausted";
  sentAt: Date;
}

const KEEP = `
insert into dead_letters (id, queue, message_id, body, reason, status, sent_at, received_at)
values ($1, $2, $3, $4::jsonb, $5, 'open', $6::timestamptz, $7::timestamptz)
on conflict (message_id) do nothing returning id`;

/** What jsonb does not take: NUL, and halves of characters. Nothing else of a JSON text is written so. */
const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/** Messages that nobody could process. */
export class DeadLetterWriter {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Once for each message, however often it comes; false: it was kept before. `now` in ms. Throws `StorageUnavailable`.
   */
  async keep({ queue, messageId, body, reason, sentAt }: DeadLetter, now: number): Promise<boolean> {
    const text = (JSON.stringify(body) ?? "null").replaceAll(UNSTORABLE, "\\ufffd");
    const at = new Date(now).toISOString();
    const id = newId("dl", now, randomBytes);
    const params = [id, queue, messageId, text, reason, sentAt.toISOString(), at];
    return (await query(this.#db, KEEP, params)).length > 0;
  }
}
