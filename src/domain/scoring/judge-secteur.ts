import {
  type Assessment,
  type Item,
  isKnown,
  judged,
  type Subject,
  trustOfAge,
  unknown,
} from "./assessment.ts";
import { yearsSince } from "./elapsed.ts";
import type { SectorReference } from "./sector-reference.ts";
import { percent, plural, type Wording } from "./wording.ts";

const TITLE: Wording = { fr: "Secteur", en: "Sector" };
/** The figures are ours, measured on the companies we store. */
const OWN_MEASURE = "reference_sectorielle";

function judgeRate({ model }: Subject, rate: number | null, trust: number): Item {
  if (rate === null) return unknown({ fr: "taux de cession inconnu", en: "deal rate unknown" });
  const own = percent(rate);
  const full = percent(model.secteur.taux_plein);
  return judged({
    max: model.points.secteur.taux_cession,
    fraction: rate / model.secteur.taux_plein,
    trust,
    wording: {
      fr: `taux de cession mesuré de ${own.fr} (maximum du modèle : ${full.fr})`,
      en: `measured deal rate of ${own.en} (model's full mark: ${full.en})`,
    },
  });
}

function judgeBuyers({ model }: Subject, buyers: number | null, trust: number): Item {
  if (buyers === null) return unknown({ fr: "acheteurs actifs inconnus", en: "active buyers unknown" });
  return judged({
    max: model.points.secteur.acheteurs_actifs,
    // The first buyers matter most.
    fraction: Math.log1p(buyers) / Math.log1p(model.secteur.acheteurs_plein),
    trust,
    wording: {
      fr: plural(buyers, "acheteur actif", "acheteurs actifs"),
      en: plural(buyers, "active buyer", "active buyers"),
    },
  });
}

function itemsOf(subject: Subject, sector: SectorReference): Item[] {
  const { secteur_ans, poids_ancien } = subject.model.confiance;
  const trust = trustOfAge(yearsSince(sector.as_of, subject.at), secteur_ans, poids_ancien);
  return [
    judgeRate(subject, sector.taux_cession, trust),
    judgeBuyers(subject, sector.acheteurs_actifs, trust),
  ];
}

/** How much is bought in the company's division: 15 points. */
export function judgeSecteur(subject: Subject): Assessment {
  const { sector } = subject;
  const missing = unknown({ fr: "trop peu d'entreprises mesurées", en: "too few companies measured" });
  const items = sector === null ? [missing] : itemsOf(subject, sector);
  const known = sector !== null && items.some(isKnown);
  return {
    code: "secteur",
    title: TITLE,
    items,
    value: known ? `division ${sector.division}` : null,
    source: known ? OWN_MEASURE : null,
    as_of: known ? sector.as_of : null,
  };
}
