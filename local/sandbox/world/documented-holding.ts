import { HOLDING } from "./activities.ts";
import type { Address, Identity } from "./company.ts";
import { MAUREPAS_SIREN } from "./documented-sirens.ts";
import { SAS } from "./legal-forms.ts";
import { NOT_EMPLOYER } from "./staff-bands.ts";
import { LYON_2 } from "./towns.ts";

export const MAUREPAS_ADDRESS: Address = {
  number: 3,
  kind: "PLACE",
  street: "BELLECOUR",
  town: LYON_2,
  latitude: 45.7578,
  longitude: 4.832,
};

/** The holding that the documented ATELIERS DURAND names; what is not here is made up as for any SIREN. */
export const MAUREPAS_IDENTITY: Identity = {
  siren: MAUREPAS_SIREN,
  name: "HOLDING MAUREPAS",
  acronym: null,
  activity: HOLDING,
  legalForm: SAS,
  band: NOT_EMPLOYER,
  address: MAUREPAS_ADDRESS,
  createdOn: "2018-09-12",
  person: null,
};
