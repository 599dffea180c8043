import type { Base } from "./base.ts";

export interface WebhookServices {
  database: Base["database"];
}

export function buildWebhookServices({ database }: Base): WebhookServices {
  return { database };
}
