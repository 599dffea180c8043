import { mergeCompany } from "../../domain/enrichment/merge-company.ts";
import type { CompanyCacheLayer, CompanyStore, SectorReferenceStore } from "../../domain/enrichment/ports.ts";
import { STORED_COMPANY_VERSION, type StoredCompany } from "../../domain/enrichment/stored-company.ts";
import { nafDivision } from "../../domain/companies/naf.ts";

/** The system of record as the last level of a read. Only refreshes write to it. */
export class PostgresLayer implements CompanyCacheLayer {
  readonly name = "postgres";
  readonly #store: Pick<CompanyStore, "load">;
  readonly #sectors: SectorReferenceStore;

  constructor(store: Pick<CompanyStore, "load">, sectors: SectorReferenceStore) {
    this.#store = store;
    this.#sectors = sectors;
  }

  async read(siren: string): Promise<StoredCompany | null> {
    const found = await this.#store.load(siren);
    if (found === null) return null;
    const naf = mergeCompany(siren, found.states).facts.code_naf;
    const division = naf === null ? null : nafDivision(naf);
    const sector = division === null ? null : await this.#sectors.find(division);
    return { v: STORED_COMPANY_VERSION, siren, ...found, sector };
  }

  async write(): Promise<void> {}

  async forget(): Promise<void> {}
}
