import type { NonEmpty } from "./random.ts";

export interface StaffBand {
  code: string;
  min: number;
  max: number;
}

function band(code: string, min: number, max: number): StaffBand {
  return { code, min, max };
}

export const NOT_EMPLOYER = band("NN", 0, 0);
const NO_STAFF_LEFT = band("00", 0, 0);
export const BAND_20_49 = band("12", 20, 49);

/** Mostly very small and small companies, some mid-size ones. */
export const WEIGHTED_BANDS: NonEmpty<readonly [StaffBand, number]> = [
  [NOT_EMPLOYER, 12],
  [NO_STAFF_LEFT, 4],
  [band("01", 1, 2), 15],
  [band("02", 3, 5), 15],
  [band("03", 6, 9), 14],
  [band("11", 10, 19), 13],
  [BAND_20_49, 13],
  [band("21", 50, 99), 6],
  [band("22", 100, 199), 4],
  [band("31", 200, 249), 1],
  [band("32", 250, 499), 1.6],
  [band("41", 500, 999), 0.8],
  [band("42", 1000, 1999), 0.4],
  [band("51", 2000, 4999), 0.1],
  [band("52", 5000, 9999), 0.06],
  [band("53", 10_000, 24_999), 0.04],
];

export const BAND_CODES: readonly string[] = WEIGHTED_BANDS.map(([{ code }]) => code);

/** The wording Pappers gives to a band. */
export function bandLabel({ code, min, max }: StaffBand): string {
  if (code === "NN") return "Entreprise non employeuse";
  if (code === "00") return "0 salarié";
  if (code === "53") return "10 000 salariés et plus";
  return `Entre ${min} et ${max} salariés`;
}
