import { type Assessment, type Item, isKnown, judged, type Subject, unknown } from "./assessment.ts";
import { isHeadedByLegalPerson } from "./officers.ts";
import type { RuleModel, SizeBand } from "./rule-model.ts";
import { type StaffSize, staffSize, staffWording } from "./staff-size.ts";
import { percent, type Wording } from "./wording.ts";

const TITLE: Wording = { fr: "Taille et groupe", en: "Size and group" };

function logOdds(rate: number): number {
  return Math.log(rate / (1 - rate));
}

/** Place of a band's rate between the lowest and the highest, in log-odds: there a multiplier is a distance. */
function bandFraction({ taux }: SizeBand, { tranches }: RuleModel): number {
  const all = tranches.map((band) => logOdds(band.taux));
  const low = Math.min(...all);
  return (logOdds(taux) - low) / (Math.max(...all) - low);
}

function judgeBand(size: StaffSize | null, model: RuleModel): Item {
  if (size === null) return unknown({ fr: "effectif inconnu", en: "staff unknown" });
  const rate = percent(size.band.taux);
  const all = percent(model.taux_ensemble);
  const staff = staffWording(size.band);
  const reported = size.band.origine === "rapporte";
  return judged({
    max: model.points.taille.tranche,
    fraction: bandFraction(size.band, model),
    trust: size.trust,
    wording: {
      fr: `${staff.fr}, taux annuel de cession ${reported ? "rapporté" : "estimé par le modèle"} de ${rate.fr} (toutes PME et ETI : ${all.fr})`,
      en: `${staff.en}, yearly change-of-hands rate of ${rate.en} ${reported ? "as reported" : "estimated by the model"} (all PME and ETI: ${all.en})`,
    },
  });
}

function judgeGroup({ facts, model }: Subject): Item {
  const headed = isHeadedByLegalPerson(facts.dirigeants);
  if (headed === null)
    return unknown({ fr: "appartenance à un groupe inconnue", en: "group membership unknown" });
  const wording = headed
    ? {
        fr: "dirigée par une personne morale, indice d'un groupe",
        en: "headed by a legal person, sign of a group",
      }
    : { fr: "dirigée par une personne physique", en: "headed by a natural person" };
  return judged({ max: model.points.taille.groupe, fraction: headed ? 1 : 0, trust: 1, wording });
}

/** Size and group, the two strongest levers known: 25 points. */
export function judgeTaille(subject: Subject): Assessment {
  const size = staffSize(subject);
  const items = [judgeBand(size, subject.model), judgeGroup(subject)];
  const origin = subject.sources(size?.path ?? "dirigeants");
  return {
    code: "taille",
    title: TITLE,
    items,
    value: size === null ? null : staffWording(size.band).fr,
    source: items.some(isKnown) ? (origin?.source ?? null) : null,
    as_of: items.some(isKnown) ? (size?.as_of ?? origin?.as_of ?? null) : null,
  };
}
