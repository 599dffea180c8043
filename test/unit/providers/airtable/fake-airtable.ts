import type { CallReport, GatePlace, Permit } from "../../../../src/domain/enrichment/gate.ts";
import type { ExportRow, TableTarget } from "../../../../src/domain/exports/ports.ts";
import { AirtablePush } from "../../../../src/providers/airtable/airtable-push.ts";

export const TARGET: TableTarget = {
  baseId: "appABCDEFGHIJKLMN",
  table: "Cibles à revoir / 2026",
  token: "patSecret.0123456789",
};

export interface SentBody {
  performUpsert: { fieldsToMergeOn: string[] };
  typecast: boolean;
  records: { fields: Record<string, string | number | null> }[];
}

export interface Sent {
  request: Request;
  body: SentBody;
}

export type Answering = (sent: Sent, index: number) => Response | Promise<Response>;

export const sirensOf = ({ body }: Sent): string[] => body.records.map(({ fields }) => String(fields.SIREN));

/** As Airtable answers when all is well; `created`: which of them are new. */
export function accepted(sent: Sent, created: (siren: string) => boolean = () => true): Response {
  const records = sirensOf(sent).map((siren) => ({ id: `rec${siren}`, createdTime: "", fields: {} }));
  const isNew = ({ id }: { id: string }) => created(id.slice(3));
  return Response.json({
    records,
    createdRecords: records.filter(isNew).map(({ id }) => id),
    updatedRecords: records.filter((record) => !isNew(record)).map(({ id }) => id),
  });
}

export function refusing(status: number, type: string, message?: string): Response {
  return Response.json({ error: { type, message } }, { status });
}

export function rows(count: number, cells: ExportRow["cells"] = []): ExportRow[] {
  return Array.from({ length: count }, (_, index) => {
    const siren = String(100_000_000 + index);
    return { siren, key: siren, cells: [siren, ...cells] };
  });
}

/** A push whose network is `answer`; remembers what was sent, asked of the gate, and slept. */
export function fakeAirtable(answer: Answering, permits: Permit[] = []) {
  const sent: Sent[] = [];
  const asked: { gate: string; place: GatePlace }[] = [];
  const reports: { gate: string; call: CallReport }[] = [];
  const slept: number[] = [];
  const clock = { now: Date.parse("2026-11-20T10:00:00Z") };
  const push = new AirtablePush({
    baseUrl: "https://api.airtable.test/",
    userAgent: "tests/1.0",
    now: () => clock.now,
    http: async (request) => {
      const one = { request, body: await request.clone().json<SentBody>() };
      sent.push(one);
      return answer(one, sent.length - 1);
    },
    gates: {
      acquire: async (gate, place) => {
        asked.push({ gate, place });
        return permits.shift() ?? { kind: "go", waitMs: 0, watched: false };
      },
      report: async (gate, call) => {
        reports.push({ gate, call });
      },
    },
    sleep: async (ms) => {
      slept.push(ms);
    },
  });
  return { push, sent, asked, reports, slept, clock };
}
