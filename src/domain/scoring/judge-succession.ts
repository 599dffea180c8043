import { type Assessment, type Item, judged, type Subject, unknown } from "./assessment.ts";
import { yearsSince } from "./elapsed.ts";
import { type Leadership, leadership } from "./officers.ts";
import { type StaffSize, staffSize } from "./staff-size.ts";
import { plural, type Wording } from "./wording.ts";

const TITLE: Wording = { fr: "Succession", en: "Succession" };

/** 0 below the first age, then a straight line to the last, flat after it. */
function ageFraction(age: number, { succession }: Subject["model"]): number {
  const { age_debut, age_plein, fraction_debut } = succession;
  if (age < age_debut) return 0;
  const progress = Math.min(1, (age - age_debut) / (age_plein - age_debut));
  return fraction_debut + (1 - fraction_debut) * progress;
}

function judgeAge({ model }: Subject, { age }: Leadership, pressure: number): Item {
  const wording = {
    fr: `le dirigeant le plus âgé a ${plural(age, "an", "ans")}`,
    en: `the oldest leader is ${age}`,
  };
  return judged({ max: model.points.succession.age, fraction: pressure, trust: 1, wording });
}

function judgeTenure({ model, at }: Subject, team: Leadership, pressure: number): Item {
  // With an age missing, the one found may not be the oldest, and this would be someone else's tenure.
  const years = team.complete ? yearsSince(team.leader.depuis, at) : null;
  if (years === null) return unknown({ fr: "ancienneté inconnue", en: "tenure unknown" });
  const whole = Math.floor(years);
  return judged({
    max: model.points.succession.anciennete,
    fraction: pressure * Math.min(1, years / model.succession.anciennete_pleine_ans),
    trust: 1,
    wording: {
      fr: `en fonction depuis ${plural(whole, "an", "ans")}`,
      en: `in office for ${plural(whole, "year", "years")}`,
    },
  });
}

function peopleWording({ people, beside_legal_person }: Leadership): Wording {
  if (!beside_legal_person) {
    return { fr: plural(people, "dirigeant", "dirigeants"), en: plural(people, "officer", "officers") };
  }
  return {
    fr: plural(people, "dirigeant personne physique", "dirigeants personnes physiques"),
    en: plural(people, "natural-person officer", "natural-person officers"),
  };
}

function judgeIsolation({ model }: Subject, team: Leadership, pressure: number): Item {
  if (!team.complete) return unknown({ fr: "relève inconnue", en: "successor unknown" });
  const people = peopleWording(team);
  const wording = team.successor
    ? {
        fr: `${people.fr}, dont un plus jeune du même nom`,
        en: `${people.en}, a younger one of the same name`,
      }
    : { fr: `${people.fr}, aucune relève du même nom`, en: `${people.en}, no successor of the same name` };
  const alone = model.succession.isolement[team.people - 1] ?? 0;
  return judged({ max: model.points.succession.isolement, fraction: pressure * alone, trust: 1, wording });
}

function judgeTeam(subject: Subject, size: StaffSize | null): { items: Item[]; age: number | null } {
  const { facts, at, model } = subject;
  if (size === null) {
    return {
      items: [unknown({ fr: "non jugée sans effectif connu", en: "not judged, staff unknown" })],
      age: null,
    };
  }
  const year = new Date(at).getUTCFullYear();
  const team = leadership(facts.dirigeants, year, model.succession.ecart_releve_ans);
  if (team === null) {
    return {
      items: [unknown({ fr: "âge des dirigeants inconnu", en: "age of the officers unknown" })],
      age: null,
    };
  }
  const family = team.complete && team.successor ? model.succession.facteur_releve : 1;
  const pressure = isTooSmall(size, model) ? 0 : ageFraction(team.age, model) * family;
  const items = [judgeAge, judgeTenure, judgeIsolation].map((judge) => judge(subject, team, pressure));
  return { items, age: team.age };
}

/** Said, not scored: a small company earns nothing whoever leads it. */
function sizeNote({ model }: Subject): Item {
  const limit = model.succession.effectif_minimum;
  return unknown({
    fr: `moins de ${limit} salariés, donc sans effet`,
    en: `fewer than ${limit} staff, so no effect`,
  });
}

function isTooSmall({ band }: StaffSize, { succession }: Subject["model"]): boolean {
  return band.min < succession.effectif_minimum;
}

/** An ageing leader, long in office and alone: 20 points. Age gates the rest, and small companies earn nothing. */
export function judgeSuccession(subject: Subject): Assessment {
  const size = staffSize(subject);
  const { items, age } = judgeTeam(subject, size);
  const small = size !== null && age !== null && isTooSmall(size, subject.model);
  const origin = age === null ? null : subject.sources("dirigeants");
  return {
    code: "succession",
    title: TITLE,
    items: small ? [...items, sizeNote(subject)] : items,
    value: age,
    source: origin?.source ?? null,
    as_of: origin?.as_of ?? null,
  };
}
