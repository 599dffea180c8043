import { AuditUnavailable } from "../domain/audit/errors.ts";
import { EnrichmentUnavailable, StorageUnavailable } from "../domain/enrichment/errors.ts";
import { TableBusy } from "../domain/exports/errors.ts";
import { KeeperUnreachable } from "../domain/idempotency/errors.ts";
import { LimiterUnavailable } from "../domain/limits/errors.ts";
import { NotificationPending } from "../domain/webhooks/inbound/process-notification.ts";

/** What happens now and then, is tried again, and has alerts of its own: no work for who mends the code. */
const EXPECTED = [
  StorageUnavailable,
  EnrichmentUnavailable,
  AuditUnavailable,
  LimiterUnavailable,
  KeeperUnreachable,
  TableBusy,
  NotificationPending,
];

export function isExpected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isExpected);
  return EXPECTED.some((kind) => error instanceof kind);
}
