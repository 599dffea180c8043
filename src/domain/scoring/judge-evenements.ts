import type { Evenement, ProcedureCollective } from "../companies/company.ts";
import { type Assessment, type Item, judged, type Subject, unknown } from "./assessment.ts";
import { isChangeToConfidential } from "./confidential-accounts.ts";
import { monthsSince } from "./elapsed.ts";
import type { EventSignal } from "./rule-model.ts";
import type { Wording } from "./wording.ts";

const TITLE: Wording = { fr: "Événements", en: "Events" };
interface Signal {
  type: EventSignal;
  name: Wording;
}

const SIGNALS: Signal[] = [
  { type: "changement_dirigeant", name: { fr: "changement de dirigeant", en: "change of officer" } },
  { type: "modification_capital", name: { fr: "modification du capital", en: "change of capital" } },
  {
    type: "nomination_commissaire_aux_comptes",
    name: { fr: "nomination d'un commissaire aux comptes", en: "auditor appointed" },
  },
  { type: "fusion_scission", name: { fr: "fusion ou scission", en: "merger or demerger" } },
  {
    type: "comptes_confidentiels",
    name: { fr: "comptes devenus confidentiels", en: "accounts gone confidential" },
  },
];

/** The names are those of French law, which English keeps. */
const PROCEDURES: Record<ProcedureCollective["type"], string> = {
  sauvegarde: " (sauvegarde)",
  redressement_judiciaire: " (redressement judiciaire)",
  liquidation_judiciaire: " (liquidation judiciaire)",
  autre: "",
};

/** What follows the opening of a collective procedure belongs to it: distress must not look like a sale. */
function isOfDistress({ facts }: Subject, event: Evenement): boolean {
  const procedure = facts.procedure_collective;
  return procedure?.en_cours === true && event.date >= (procedure.date_debut ?? "");
}

interface Notice {
  event: Evenement;
  months: number;
}

function recentNotices({ facts, at, model }: Subject, type: EventSignal): Notice[] {
  return facts.evenements.flatMap((event) => {
    const months = event.type === type ? monthsSince(event.date, at) : null;
    return months !== null && months <= model.evenements.fenetre_mois ? [{ event, months }] : [];
  });
}

/** Nothing when there is none: the block says it once. */
function judgeLatest(subject: Subject, { type, name }: Signal, notices: Notice[]): Item {
  const max = subject.model.points.evenements[type];
  const latest = notices
    .filter(({ event }) => !isOfDistress(subject, event))
    .toSorted((a, b) => a.months - b.months)[0];
  if (latest === undefined) return judged({ max, fraction: 0, trust: 1, wording: { fr: "", en: "" } });
  const wording = { fr: `${name.fr} le ${latest.event.date}`, en: `${name.en} on ${latest.event.date}` };
  const fraction = 0.5 ** (latest.months / subject.model.evenements.demi_vie_mois);
  return judged({ max, fraction, trust: 1, wording });
}

function judgeSignal(subject: Subject, signal: Signal): Item {
  const notices = recentNotices(subject, signal.type);
  if (signal.type !== "comptes_confidentiels") return judgeLatest(subject, signal, notices);
  const changes = notices.map(({ event }) => isChangeToConfidential(subject.facts, event));
  // Said before any procedure is looked at: what is unknown must not depend on the date of its opening.
  if (changes.includes(null) && !changes.includes(true)) {
    return unknown({
      fr: "comptes confidentiels sans dépôt antérieur connu, non comptés",
      en: "confidential accounts with no earlier filing known, not counted",
    });
  }
  return judgeLatest(
    subject,
    signal,
    notices.filter((_, index) => changes[index] === true),
  );
}

/** Said, not scored: distress has an output of its own. */
function procedureNote({ facts }: Subject): Item[] {
  const procedure = facts.procedure_collective;
  if (procedure?.en_cours !== true) return [];
  const name = PROCEDURES[procedure.type];
  return [
    unknown({
      fr: `procédure collective en cours${name}, non comptée : voir procedure_collective`,
      en: `ongoing collective procedure${name}, not counted: see procedure_collective`,
    }),
  ];
}

function judgeSignals(subject: Subject): { items: Item[]; seen: number } {
  const items = SIGNALS.map((signal) => judgeSignal(subject, signal));
  const seen = items.filter(({ points }) => points > 0).length;
  const months = subject.model.evenements.fenetre_mois;
  const none = { fr: `aucun signal en ${months} mois`, en: `no signal in ${months} months` };
  return {
    items: seen > 0 ? items : items.map((item, index) => (index === 0 ? { ...item, wording: none } : item)),
    seen,
  };
}

/** Notices of the last 24 months that often precede a sale: 20 points, each halved every 12 months. */
export function judgeEvenements(subject: Subject): Assessment {
  const { facts, sources } = subject;
  const note = procedureNote(subject);
  const origin = sources("evenements");
  // An empty list proves nothing unless a source is on record as having answered for it.
  if (facts.evenements.length === 0 && origin === null) {
    const items = [unknown({ fr: "annonces légales inconnues", en: "legal notices unknown" }), ...note];
    return { code: "evenements", title: TITLE, items, value: null, source: null, as_of: null };
  }
  const { items, seen } = judgeSignals(subject);
  return {
    code: "evenements",
    title: TITLE,
    items: [...items, ...note],
    value: seen,
    source: origin?.source ?? facts.evenements[0]?.source ?? null,
    as_of: origin?.as_of ?? null,
  };
}
