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

/** A statement of ours that the database found fault with, whatever it was wrapped in. */
export function isRefusedStatement(error: unknown): boolean {
  return (error instanceof StorageUnavailable || error instanceof AuditUnavailable) && error.refused;
}

export function isExpected(error: unknown): boolean {
  if (isRefusedStatement(error)) return false;
  return EXPECTED.some((kind) => error instanceof kind);
}
