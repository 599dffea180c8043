import { addDays, isoDate, REFERENCE_DATE, yearOf } from "./calendar.ts";
import type { Person } from "./company.ts";
import { FEMALE_NAMES, MALE_NAMES, SURNAMES } from "./person-names.ts";
import type { Random } from "./random.ts";

/** Between 30 and 75 years old at the reference date, most of them around 52. */
export function makePerson(random: Random, lastName?: string): Person {
  const sex = random.chance(0.68) ? "M" : "F";
  const names = sex === "M" ? MALE_NAMES : FEMALE_NAMES;
  const first = random.pick(names);
  const second = random.pick(names);
  const age = Math.round((random.int(30, 74) + random.int(30, 74)) / 2);
  const lastBirthday = isoDate(yearOf(REFERENCE_DATE) - age, 11, 20);
  return {
    lastName: lastName ?? random.pick(SURNAMES),
    firstNames: random.chance(0.5) && second !== first ? [first, second] : [first],
    sex,
    birthDate: addDays(lastBirthday, -random.int(0, 364)),
  };
}
