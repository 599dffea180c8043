import type { Person } from "./company.ts";

/** Every made-up company's name says so. */
export const SYNTHETIC_SUFFIX = " (FICTIF)";

/** The surname of a sole trader where it stands for the company: as an officer the person goes without. */
export function tradingSurname({ lastName }: Person): string {
  return lastName + SYNTHETIC_SUFFIX;
}
