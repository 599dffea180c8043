export const EVENT_TYPES = [
  "task.completed",
  "task.failed",
  "company.enriched",
  "export.ready",
  "export.failed",
  "company.changed",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Something an organisation may want to be told of; no personal datum in it. */
export interface WebhookEvent {
  /** Derived from what happened, so that writing it twice makes one event: `evt_` and the task's own part of its id. */
  id: string;
  organisationId: string;
  /** Endpoints of this mode are told. */
  mode: "live" | "test";
  type: EventType;
  /** RFC 3339, when it happened. */
  at: string;
  data: Record<string, unknown>;
}

/** What receivers get, byte for byte what is signed. */
export function eventBody({ type, at, data }: WebhookEvent): string {
  return JSON.stringify({ type, timestamp: at, data });
}
