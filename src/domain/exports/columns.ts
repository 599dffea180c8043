/** `date`: `2026-11-20`. `datetime`: RFC 3339 in UTC. `number` may have decimals. Amounts are euros. */
export type ColumnType = "text" | "integer" | "number" | "date" | "datetime";

/** A column that an export may have. */
export interface ExportColumn {
  name: ColumnName;
  type: ColumnType;
  description: { fr: string; en: string };
  /** Part of an export that names no columns. */
  default: boolean;
  /** About natural persons. */
  personal: boolean;
}

type Entry = readonly [name: string, type: ColumnType, fr: string, en: string];

const DEFAULT = [
  ["siren", "text", "Numéro SIREN, 9 chiffres", "SIREN, 9 digits"],
  ["nom_entreprise", "text", "Nom de l'entreprise", "Name of the company"],
  ["statut", "text", "`active` ou `cessee`", "`active`, or `cessee` (closed)"],
  [
    "diffusion",
    "text",
    "`complete`, ou `partielle` : l'adresse et les personnes physiques sont masquées",
    "`complete`, or `partielle`: the address and natural persons are masked",
  ],
  [
    "code_naf",
    "text",
    "Code d'activité NAF rév. 2, tel que `25.62B`",
    "Activity, NAF rev. 2, such as `25.62B`",
  ],
  ["code_naf_2025", "text", "Code d'activité NAF 2025", "Activity, NAF 2025"],
  ["secteur_activite", "text", "Libellé du code NAF rév. 2", "French label of the NAF rev. 2 code"],
  ["forme_juridique", "text", "Catégorie juridique INSEE, 4 chiffres", "INSEE legal category, 4 digits"],
  [
    "forme_juridique_libelle",
    "text",
    "Libellé de la catégorie juridique",
    "French label of the legal category",
  ],
  ["categorie_entreprise", "text", "`PME`, `ETI` ou `GE`", "`PME` (small or medium), `ETI` or `GE` (large)"],
  ["date_creation", "date", "Date de création", "Date of creation"],
  ["tranche_effectif", "text", "Code INSEE de la tranche d'effectif", "INSEE size band, by its code"],
  ["tranche_effectif_min", "integer", "Effectif minimal de cette tranche", "Least staff of that band"],
  [
    "tranche_effectif_max",
    "integer",
    "Effectif maximal de cette tranche ; vide : pas de maximum",
    "Greatest staff of that band; empty: no bound",
  ],
  ["effectif", "integer", "Effectif des derniers comptes connus", "Staff of the latest known accounts"],
  [
    "chiffre_affaires",
    "integer",
    "Chiffre d'affaires des derniers comptes qui le donnent, en euros entiers",
    "Turnover of the latest accounts that state it, in whole euros",
  ],
  [
    "resultat",
    "integer",
    "Résultat net des mêmes comptes, en euros entiers",
    "Net result of the same accounts, in whole euros",
  ],
  ["annee_comptes", "integer", "Année de clôture de ces comptes", "Closing year of those accounts"],
  ["siret_siege", "text", "SIRET du siège, 14 chiffres", "SIRET of the head office, 14 digits"],
  ["adresse", "text", "Adresse du siège", "Address of the head office"],
  ["code_postal", "text", "Code postal du siège", "Postal code of the head office"],
  ["ville", "text", "Ville du siège", "City of the head office"],
  [
    "departement",
    "text",
    "Code du département, tel que `01` ou `2A`",
    "Code of the département, such as `01` or `2A`",
  ],
  ["region", "text", "Code INSEE de la région", "INSEE code of the region"],
  ["ma_score", "integer", "Score M&A, de 0 à 100", "M&A score, 0 to 100"],
  ["score_confidence", "number", "Confiance dans le score, de 0 à 1", "Confidence in the score, 0 to 1"],
  ["last_scraped_at", "datetime", "Dernière collecte", "When the company was last read from its sources"],
] as const satisfies readonly Entry[];

const ON_REQUEST = [
  [
    "capitaux_propres",
    "number",
    "Capitaux propres des mêmes comptes, en euros",
    "Equity in the same accounts, in euros",
  ],
  [
    "excedent_brut_exploitation",
    "number",
    "Excédent brut d'exploitation des mêmes comptes, en euros",
    "Gross operating surplus (about EBITDA) in the same accounts, in euros",
  ],
  ["pipeline_status", "text", "Statut dans votre pipeline", "Status in your own pipeline"],
  [
    "evenement_dernier_type",
    "text",
    "Type du dernier événement publié",
    "Kind of the latest published event",
  ],
  [
    "evenement_dernier_date",
    "date",
    "Date du dernier événement publié",
    "Date of the latest published event",
  ],
] as const satisfies readonly Entry[];

const PERSONAL = [
  [
    "dirigeants",
    "text",
    "Dirigeants : « Prénoms NOM (qualité) », séparés par des points-virgules",
    "Officers: `Given names NAME (role)`, separated by semicolons",
  ],
  [
    "dirigeant_naissance",
    "integer",
    "Année de naissance du premier dirigeant personne physique",
    "Year of birth of the first officer who is a natural person",
  ],
  ["contact_nom", "text", "Nom de votre premier contact joignable", "Name of your first reachable contact"],
  ["contact_fonction", "text", "Fonction de ce contact", "Role of that contact"],
  ["contact_email", "text", "E-mail professionnel de ce contact", "Professional e-mail of that contact"],
  ["contact_telephone", "text", "Téléphone de ce contact", "Telephone of that contact"],
] as const satisfies readonly Entry[];

const GROUPS = [
  { entries: DEFAULT, default: true, personal: false },
  { entries: ON_REQUEST, default: false, personal: false },
  { entries: PERSONAL, default: false, personal: true },
];

export type ColumnName = (typeof DEFAULT | typeof ON_REQUEST | typeof PERSONAL)[number][0];

/** Every column that there is, in the order of an export that has them all. `siren` is part of every export, and first. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = GROUPS.flatMap(({ entries, ...group }) =>
  entries.map(([name, type, fr, en]) => ({ name, type, description: { fr, en }, ...group })),
);

const BY_NAME = new Map<string, ExportColumn>(EXPORT_COLUMNS.map((column) => [column.name, column]));

/** Of an export that names none. */
export const DEFAULT_COLUMNS: readonly string[] = DEFAULT.map(([name]) => name);

/** null: there is no such column. */
export function columnByName(name: string): ExportColumn | null {
  return BY_NAME.get(name) ?? null;
}
