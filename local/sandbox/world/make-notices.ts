import { addDays, dayOfYear, isoDate, REFERENCE_DATE } from "./calendar.ts";
import type { Filing, Identity, Notice, NoticeDetail, NoticeFamily, Officer, Procedure } from "./company.ts";
import { hasTrait, type NonEmpty, type Random, seeded } from "./random.ts";
import { SURNAMES } from "./person-names.ts";

export interface History {
  identity: Identity;
  officers: readonly Officer[];
  filings: readonly Filing[];
  procedure: Procedure | null;
  ceasedOn: string | null;
}

const BULLETINS: Record<NoticeFamily, Notice["bulletin"]> = {
  creation: "A",
  immatriculation: "A",
  vente: "A",
  collective: "A",
  conciliation: "A",
  divers: "A",
  modification: "B",
  radiation: "B",
  dpc: "C",
};

const CHANGES: NonEmpty<string> = [
  "Modification survenue sur l'administration.",
  "Modification survenue sur le capital (augmentation).",
  "Transfert du siège social.",
  "Modification de la dénomination.",
  "Nomination du commissaire aux comptes.",
  "Modification de l'activité.",
];

/** The bulletin as a whole is public from 2008 on. */
const FIRST_ISSUE = "2008-01-01";
const LAST_ISSUE = addDays(REFERENCE_DATE, -2);

/** Collects the notices of one company, each with a number of its own. */
class Gazette {
  readonly #notices: Notice[] = [];
  readonly #random: Random;

  constructor(siren: string) {
    this.#random = seeded(siren, "gazette");
  }

  publish(family: NoticeFamily, event: string, detail: NoticeDetail): Notice | null {
    const date = addDays(event, this.#random.int(5, 16));
    if (date < FIRST_ISSUE || date > LAST_ISSUE) return null;
    const notice = this.#notice({ family, date, detail, type: "annonce", previous: null });
    this.#notices.push(notice);
    return notice;
  }

  /** A later notice about an earlier one: it corrects it, or cancels it. */
  amend(notice: Notice, type: "rectificatif" | "annulation", detail: NoticeDetail): void {
    const date = addDays(notice.date, this.#random.int(12, 40));
    if (date > LAST_ISSUE) return;
    const { bulletin, issue, number, date: previousDate } = notice;
    const previous = { bulletin, issue, number, date: previousDate };
    this.#notices.push(this.#notice({ family: notice.family, date, detail, type, previous }));
  }

  #notice(content: Omit<Notice, "bulletin" | "issue" | "number">): Notice {
    // About 250 issues a year, numbered from 0001.
    const issue = Math.max(1, Math.round((dayOfYear(content.date) * 250) / 365));
    return {
      ...content,
      bulletin: BULLETINS[content.family],
      issue: `${content.date.slice(0, 4)}${String(issue).padStart(4, "0")}`,
      number: this.#random.int(1, 4999),
    };
  }

  latestFirst(): Notice[] {
    return this.#notices.sort((one, other) => other.date.localeCompare(one.date));
  }
}

function publishLife({ identity, ceasedOn }: History, gazette: Gazette): void {
  const { siren, createdOn } = identity;
  const family = hasTrait(siren, "registered-not-created", 0.2) ? "immatriculation" : "creation";
  gazette.publish(family, createdOn, { kind: "registration", date: createdOn });
  if (ceasedOn !== null) gazette.publish("radiation", ceasedOn, { kind: "strike_off", date: ceasedOn });
}

function publishAccounts({ identity, filings }: History, gazette: Gazette): void {
  for (const [index, { filedOn, closedOn, secrecy }] of filings.entries()) {
    const detail: NoticeDetail = { kind: "deposit", closedOn, confidential: secrecy !== "public" };
    const notice = gazette.publish("dpc", filedOn, detail);
    if (notice && index === 0 && hasTrait(identity.siren, "rectified-accounts", 0.05)) {
      gazette.amend(notice, "rectificatif", detail);
    }
  }
}

function publishChanges({ identity, officers, ceasedOn }: History, gazette: Gazette): void {
  const { siren, createdOn } = identity;
  for (const officer of officers) {
    if (officer.since === createdOn) continue;
    gazette.publish("modification", officer.since, { kind: "change", text: CHANGES[0] });
  }
  const random = seeded(siren, "changes");
  const lastYear = ceasedOn === null ? 2026 : Number(ceasedOn.slice(0, 4)) - 1;
  for (let count = random.int(0, 3); count > 0; count--) {
    const date = isoDate(random.int(2018, 2026), random.int(1, 10), random.int(1, 28));
    if (date < createdOn || Number(date.slice(0, 4)) > lastYear) continue;
    const detail: NoticeDetail = { kind: "change", text: random.pick(CHANGES) };
    const notice = gazette.publish("modification", date, detail);
    if (notice && random.chance(0.04)) gazette.amend(notice, "annulation", detail);
  }
}

function publishSale({ identity }: History, gazette: Gazette): void {
  if (!hasTrait(identity.siren, "sold-business", 0.06)) return;
  const random = seeded(identity.siren, "sale");
  const date = isoDate(random.int(2019, 2026), random.int(1, 9), random.int(1, 28));
  if (date < identity.createdOn) return;
  gazette.publish("vente", date, {
    kind: "sale",
    // Two thirds of the real sale notices state the price.
    price: random.chance(0.68) ? random.int(20, 900) * 1000 : null,
    buyer: `REPRISE ${random.pick(SURNAMES)} (FICTIF)`,
  });
}

function publishProcedure({ identity, procedure }: History, gazette: Gazette): void {
  if (hasTrait(identity.siren, "conciliation", 0.005)) {
    gazette.publish("conciliation", "2026-02-10", {
      kind: "text",
      text: "Jugement d'homologation de l'accord de conciliation.",
    });
  }
  if (procedure === null) return;
  const { kind, openedOn, closedOn } = procedure;
  const opening: NoticeDetail = { kind: "judgment", stage: "opening", procedure: kind, date: openedOn };
  const notice = gazette.publish("collective", openedOn, opening);
  if (notice && hasTrait(identity.siren, "rectified-judgment", 0.3)) {
    gazette.amend(notice, "rectificatif", opening);
  }
  if (closedOn === null) return;
  gazette.publish("collective", closedOn, {
    kind: "judgment",
    stage: "closing",
    procedure: kind,
    date: closedOn,
  });
}

/** What the official bulletin printed of a company's life, latest first. Sole traders leave no trace here. */
export function makeNotices(history: History): Notice[] {
  if (history.identity.person) return [];
  const gazette = new Gazette(history.identity.siren);
  publishLife(history, gazette);
  publishAccounts(history, gazette);
  publishChanges(history, gazette);
  publishSale(history, gazette);
  publishProcedure(history, gazette);
  return gazette.latestFirst();
}
