import { z } from "zod";
import {
  CompanyFacts,
  Contact,
  Dirigeant,
  Etablissement,
  Evenement,
  Exercice,
  ProcedureCollective,
  Siege,
} from "../companies/company.ts";

const identite = CompanyFacts.pick({
  nom_entreprise: true,
  sigle: true,
  statut: true,
  diffusion: true,
  code_naf: true,
  code_naf_2025: true,
  secteur_activite: true,
  forme_juridique: true,
  categorie_entreprise: true,
  date_creation: true,
  date_fermeture: true,
  tranche_effectif: true,
  capital: true,
  numero_tva: true,
  nombre_etablissements_ouverts: true,
}).partial();

/**
 * What one source says of one company, in our words. A property left out: the source does not speak of it;
 * null: it speaks of it and does not know. Masked values (`[NON-DIFFUSIBLE]`, `[ND]`) never get in.
 */
export const SourceRecord = z.object({
  siren: z.string(),
  /** The date the source itself gives to its information (ISO date), null when it gives none. */
  as_of: z.string().nullable(),
  identite: identite.optional(),
  siege: Siege.partial().nullable().optional(),
  etablissements: z.array(Etablissement).optional(),
  exercices: z.array(Exercice).optional(),
  dirigeants: z.array(Dirigeant).optional(),
  evenements: z.array(Evenement).optional(),
  procedure_collective: ProcedureCollective.nullable().optional(),
  /** Licensed to one organisation: never part of the shared company. */
  contacts: z.array(Contact).optional(),
});

export type SourceRecord = z.infer<typeof SourceRecord>;
