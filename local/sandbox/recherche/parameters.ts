import { NAF_REV2_CODES } from "../world/activities.ts";
import { BAND_CODES } from "../world/staff-bands.ts";
import { DEPARTMENTS, REGIONS, SECTIONS } from "./code-lists.ts";

/** The first thing wrong with the parameters of a search, in the provider's words; null when all is well. */
type Check = (query: Query) => string | null;

/** Parameters as the provider reads them: known names only, blank ones dropped. */
export class Query {
  readonly #values: ReadonlyMap<string, string>;

  constructor(search: URLSearchParams) {
    const known = [...search].filter(([name, value]) => KNOWN.has(name) && value.trim() !== "");
    this.#values = new Map(known.map(([name, value]) => [name, value.trim()]));
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  list(name: string): string[] | undefined {
    const value = this.get(name);
    // The provider strips spaces and dashes, and upper-cases.
    return value?.split(",").map((item) => item.replace(/[\s-]/g, "").toUpperCase());
  }

  whole(name: string, otherwise: number): number {
    return Number(this.get(name) ?? otherwise);
  }

  names(): string[] {
    return [...this.#values.keys()];
  }
}

const TAKEN_FROM: Record<string, ReadonlySet<string>> = {
  activite_principale: NAF_REV2_CODES,
  categorie_entreprise: new Set(["PME", "ETI", "GE"]),
  departement: DEPARTMENTS,
  region: REGIONS,
  section_activite_principale: SECTIONS,
  tranche_effectif_salarie: new Set(BAND_CODES),
};

const SHAPED: Record<string, RegExp> = {
  code_postal: /^((0[1-9])|([1-8][0-9])|(9[0-8])|(2A)|(2B))[0-9]{3}$/,
  code_commune: /^([013-9]\d|2[AB1-9])\d{3}$/,
  nature_juridique: /^\d{4}$/,
  epci: /^\d{9}$/,
};

const LENGTHS: Record<string, number> = {
  id_convention_collective: 4,
  id_finess: 9,
  id_uai: 8,
};

const CHOICES: Record<string, readonly string[]> = {
  etat_administratif: ["A", "C"],
  type_personne: ["dirigeant", "elu"],
};

const WHOLE = ["ca_min", "ca_max", "resultat_net_min", "resultat_net_max"] as const;
const DATES = ["date_naissance_personne_min", "date_naissance_personne_max"] as const;

const BOOLEANS =
  `convention_collective_renseignee egapro_renseignee est_achats_responsables est_alim_confiance
   est_association est_bio est_collectivite_territoriale est_entrepreneur_individuel est_entrepreneur_spectacle
   est_ess est_finess est_organisme_formation est_patrimoine_vivant est_qualiopi est_rge est_siae
   est_administration est_societe_mission est_uai sort_by_size minimal`.split(/\s+/);

const RANGES: Record<string, readonly [number, number, number]> = {
  page: [1, 1000, 1],
  per_page: [1, 25, 10],
  limite_matching_etablissements: [1, 100, 10],
  page_etablissements: [1, 1000, 1],
};

export const INCLUDABLE = [
  "complements",
  "dirigeants",
  "finances",
  "matching_etablissements",
  "siege",
  "score",
  "tva",
] as const;

/** They shape the answer and are no criterion of their own. */
const NOT_CRITERIA = new Set([...Object.keys(RANGES), "minimal", "include", "include_admin", "sort_by_size"]);

const KNOWN = new Set([
  "q",
  "nom_personne",
  "prenoms_personne",
  "id_rge",
  "code_collectivite_territoriale",
  ...Object.keys(TAKEN_FROM),
  ...Object.keys(SHAPED),
  ...Object.keys(LENGTHS),
  ...Object.keys(CHOICES),
  ...WHOLE,
  ...DATES,
  ...BOOLEANS,
  ...NOT_CRITERIA,
]);

/** As Python prints a list. */
function printed(values: Iterable<string>): string {
  return `[${[...values].map((value) => `'${value}'`).join(", ")}]`;
}

const checkRanges: Check = (query) => {
  for (const [name, [min, max, otherwise]] of Object.entries(RANGES)) {
    const value = query.whole(name, otherwise);
    if (Number.isInteger(value) && value >= min && value <= max) continue;
    return `Veuillez indiquer un paramètre \`${name}\` entre \`${min}\` et \`${max}\`, par défaut \`${otherwise}\`.`;
  }
  return null;
};

const checkDepth: Check = (query) =>
  query.whole("page", 1) * query.whole("per_page", 10) <= 10_000
    ? null
    : "Le nombre total de résultats est restreint à 10 000. Pour garantir cela, le produit du numéro de page (par défaut, page = 1) et du nombre de résultats par page (par défaut, per_page = 10), c'est-à-dire `page * per_page`, ne doit pas excéder 10 000.";

const checkLists: Check = (query) => {
  for (const [name, valid] of Object.entries(TAKEN_FROM)) {
    if (query.list(name)?.some((value) => !valid.has(value))) {
      return `Au moins un paramètre \`${name}\` est non valide. Les valeurs valides : ${printed(valid)}.`;
    }
  }
  for (const [name, shape] of Object.entries(SHAPED)) {
    if (query.list(name)?.some((value) => !shape.test(value))) {
      return `Au moins une valeur du paramètre ${name} est non valide.`;
    }
  }
  return null;
};

const checkSingles: Check = (query) => {
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = query.get(name);
    if (value === undefined || choices.includes(value)) continue;
    return `Le paramètre \`${name}\` doit prendre une des valeurs suivantes ${printed(choices)}.`;
  }
  for (const [name, length] of Object.entries(LENGTHS)) {
    if ((query.get(name)?.length ?? length) === length) continue;
    return `Le paramètre \`${name}\` doit contenir ${length} caractères.`;
  }
  for (const name of BOOLEANS) {
    if (/^(true|false)$/i.test(query.get(name) ?? "true")) continue;
    return `${name} doit prendre la valeur 'true' ou 'false' !`;
  }
  return null;
};

const checkNumbers: Check = (query) => {
  const wrong = WHOLE.find((name) => !/^-?\d+$/.test(query.get(name) ?? "0"));
  return wrong === undefined ? null : `Veuillez indiquer un paramètre \`${wrong}\` entier.`;
};

const checkDates: Check = (query) => {
  const [min, max] = DATES.map((name) => query.get(name));
  if ([min, max].some((date) => date !== undefined && !isCalendarDate(date))) {
    return "Veuillez indiquer une date sous le format : aaaa-mm-jj. Exemple : '1990-01-02'";
  }
  if (min === undefined || max === undefined || min <= max) return null;
  return "Veuillez indiquer une date minimale inférieure à la date maximale.";
};

function isCalendarDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

const checkInclude: Check = (query) => {
  const include = query.get("include");
  if (include === undefined) return null;
  if (query.get("minimal")?.toLowerCase() !== "true") {
    return "Veuillez indiquer si vous souhaitez une réponse minimale avec le filtre `minimal=True`` avant de préciser les champs à inclure.";
  }
  const valid = new Set<string>(INCLUDABLE);
  if (include.split(",").every((field) => valid.has(field.trim().toLowerCase()))) return null;
  return `Au moins un champ à inclure est non valide. Les champs valides : ${printed(INCLUDABLE)}.`;
};

const checkCriteria: Check = (query) => {
  const criteria = query.names().filter((name) => !NOT_CRITERIA.has(name));
  if (criteria.length === 0) return "Veuillez indiquer au moins un paramètre de recherche.";
  if (criteria.length > 1 || criteria[0] !== "q" || (query.get("q")?.length ?? 0) >= 3) return null;
  return "3 caractères minimum pour les termes de la requête (ou utilisez au moins un filtre)";
};

export function findProblem(query: Query): string | null {
  const checks = [
    checkCriteria,
    checkRanges,
    checkDepth,
    checkLists,
    checkSingles,
    checkNumbers,
    checkDates,
    checkInclude,
  ];
  for (const check of checks) {
    const problem = check(query);
    if (problem !== null) return problem;
  }
  return null;
}
