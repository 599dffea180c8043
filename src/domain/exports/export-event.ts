import type { WebhookEvent } from "../webhooks/webhook-event.ts";
import type { Export } from "./export.ts";

/** What is told when an export ends by itself; its id is the export's own, so that it is told once. No link: it would open the file. */
export function exportEvent(
  made: Export,
  at: string,
  end: { digest: string; expiresAt: string } | { failure: string },
): WebhookEvent {
  const ready = "digest" in end;
  const { id, organisationId, mode, format, rows, bytes } = made;
  return {
    id: exportEventId(id),
    organisationId,
    mode,
    type: ready ? "export.ready" : "export.failed",
    at,
    data: {
      export_id: id,
      format,
      status: ready ? "completed" : "failed",
      rows,
      bytes,
      digest: ready ? end.digest : null,
      expires_at: ready ? end.expiresAt : null,
      ...(ready ? {} : { failure: end.failure }),
    },
  };
}

export function exportEventId(exportId: string): string {
  return `evt_${exportId.slice("exp_".length)}`;
}
