import { ATELIERS_DURAND } from "./ateliers-durand.ts";
import type { SandboxCompany } from "./company.ts";
import { DURAND_SIREN } from "./documented-sirens.ts";
import { withCheckDigit } from "./identifiers.ts";
import { makeCompany } from "./make-company.ts";
import { Random } from "./random.ts";

const REMEMBERED = 5000;
const DIRECTORY_SIZE = 800;

/** All the companies: made on demand, the latest ones remembered. */
export class World {
  readonly #companies = new Map<string, SandboxCompany | null>();
  #directory: readonly SandboxCompany[] | null = null;

  find(siren: string): SandboxCompany | null {
    if (siren === DURAND_SIREN) return ATELIERS_DURAND;
    const known = this.#companies.get(siren);
    if (known !== undefined) return known;
    const made = makeCompany(siren);
    if (this.#companies.size >= REMEMBERED) this.#companies.clear();
    this.#companies.set(siren, made);
    return made;
  }

  /** The fixed list that searches by other criteria than a SIREN look through. */
  directory(): readonly SandboxCompany[] {
    this.#directory ??= makeDirectory();
    return this.#directory;
  }
}

function makeDirectory(): SandboxCompany[] {
  const random = new Random("directory");
  const companies = [ATELIERS_DURAND];
  while (companies.length < DIRECTORY_SIZE) {
    const company = makeCompany(withCheckDigit(String(random.int(30_000_000, 98_999_999))));
    if (company !== null) companies.push(company);
  }
  return companies;
}
