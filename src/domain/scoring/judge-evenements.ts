import type { Evenement } from "../companies/company.ts";
import { type Assessment, type Item, judged, type Subject, unknown } from "./assessment.ts";
import { monthsSince } from "./elapsed.ts";
import type { EventSignal } from "./rule-model.ts";
import type { Wording } from "./wording.ts";

const TITLE: Wording = { fr: "Événements", en: "Events" };
const SIGNALS: { type: EventSignal; name: Wording }[] = [
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

/** What follows the opening of a collective procedure belongs to it: distress must not look like a sale. */
function isOfDistress({ facts }: Subject, event: Evenement): boolean {
  const procedure = facts.procedure_collective;
  return procedure?.en_cours === true && event.date >= (procedure.date_debut ?? "");
}

function recentSignals(subject: Subject): { event: Evenement; months: number }[] {
  const { facts, at, model } = subject;
  return facts.evenements.flatMap((event) => {
    const months = monthsSince(event.date, at);
    const recent = months !== null && months <= model.evenements.fenetre_mois;
    return recent && !isOfDistress(subject, event) ? [{ event, months }] : [];
  });
}

function judgeSignal(subject: Subject, signal: (typeof SIGNALS)[number]): Item[] {
  const recent = recentSignals(subject).filter(({ event }) => event.type === signal.type);
  const max = subject.model.points.evenements[signal.type];
  const latest = recent.toSorted((a, b) => a.months - b.months)[0];
  if (latest === undefined) return [judged({ max, fraction: 0, trust: 1, wording: { fr: "", en: "" } })];
  const wording = {
    fr: `${signal.name.fr} le ${latest.event.date}`,
    en: `${signal.name.en} on ${latest.event.date}`,
  };
  const fraction = 0.5 ** (latest.months / subject.model.evenements.demi_vie_mois);
  return [judged({ max, fraction, trust: 1, wording })];
}

/** Notices of the last 24 months that often precede a sale: 20 points, each halved every 12 months. */
export function judgeEvenements(subject: Subject): Assessment {
  const { facts, sources, model } = subject;
  const origin = sources("evenements");
  // An empty list proves nothing unless a source is on record as having answered for it.
  if (facts.evenements.length === 0 && origin === null) {
    const items = [unknown({ fr: "annonces légales inconnues", en: "legal notices unknown" })];
    return { code: "evenements", title: TITLE, items, value: null, source: null, as_of: null };
  }
  const items = SIGNALS.flatMap((signal) => judgeSignal(subject, signal));
  const seen = items.filter(({ points }) => points > 0).length;
  const months = model.evenements.fenetre_mois;
  const none = { fr: `aucun signal en ${months} mois`, en: `no signal in ${months} months` };
  return {
    code: "evenements",
    title: TITLE,
    items: seen > 0 ? items : items.map((item, index) => (index === 0 ? { ...item, wording: none } : item)),
    value: seen,
    source: origin?.source ?? facts.evenements[0]?.source ?? null,
    as_of: origin?.as_of ?? null,
  };
}
