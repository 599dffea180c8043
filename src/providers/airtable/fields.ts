import type { ColumnName } from "../../domain/exports/columns.ts";

/** The field that tells records apart. */
export const MERGE_FIELD = "SIREN";

/** The name that each column's field must have in the table. */
const FIELDS = {
  siren: MERGE_FIELD,
  nom_entreprise: "Nom",
  statut: "Statut",
  diffusion: "Diffusion",
  code_naf: "Code NAF",
  code_naf_2025: "Code NAF 2025",
  secteur_activite: "Secteur",
  forme_juridique: "Code forme juridique",
  forme_juridique_libelle: "Forme juridique",
  categorie_entreprise: "Catégorie",
  date_creation: "Date de création",
  tranche_effectif: "Tranche d'effectif",
  tranche_effectif_min: "Effectif minimal",
  tranche_effectif_max: "Effectif maximal",
  effectif: "Effectif",
  chiffre_affaires: "Chiffre d'affaires",
  resultat: "Résultat",
  annee_comptes: "Année des comptes",
  siret_siege: "SIRET du siège",
  adresse: "Adresse",
  code_postal: "Code postal",
  ville: "Ville",
  departement: "Département",
  region: "Région",
  ma_score: "Score",
  score_confidence: "Confiance du score",
  last_scraped_at: "Dernière collecte",
  capitaux_propres: "Capitaux propres",
  excedent_brut_exploitation: "EBE",
  pipeline_status: "Statut pipeline",
  evenement_dernier_type: "Dernier événement",
  evenement_dernier_date: "Date du dernier événement",
  dirigeants: "Dirigeants",
  dirigeant_naissance: "Naissance du dirigeant",
  contact_nom: "Contact",
  contact_fonction: "Fonction du contact",
  contact_email: "E-mail du contact",
  contact_telephone: "Téléphone du contact",
} as const satisfies Record<ColumnName, string>;

const BY_COLUMN = new Map<string, string>(Object.entries(FIELDS));
const BY_FIELD = new Map(Object.entries(FIELDS).map(([column, field]) => [field as string, column]));

/** Of a column that `EXPORT_COLUMNS` has; throws for any other. */
export function fieldOf(column: string): string {
  const field = BY_COLUMN.get(column);
  if (field === undefined) throw new Error(`no Airtable field for column ${column}`);
  return field;
}

/** null: no column of ours has this field. */
export function columnOfField(field: string): string | null {
  return BY_FIELD.get(field) ?? null;
}
