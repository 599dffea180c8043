import { columnByName, type ColumnName } from "../../domain/exports/columns.ts";
import type { ExportOrder } from "../../domain/exports/export.ts";
import type { CompanyFilter } from "../../domain/search/company-filter.ts";
import { companyConditions } from "./company-conditions.ts";
import type { Statement } from "./database.ts";
import { SqlParams } from "./sql-params.ts";

export interface RowsPage {
  /** Key of the last row that was read; null: the first page. */
  after: string | null;
  limit: number;
}

type Owner = Pick<ExportOrder, "organisationId" | "mode">;

/** Looked up for each company of a page, and only if a column needs it. `c.page_siren`: the company. */
type Lookup = (owner: Owner, params: SqlParams) => string;

// Not every source lists establishments: then the published facts have the address all the same.
const HEAD_OFFICE = `left join lateral (
  select siret, adresse from establishments where siren = c.page_siren and siege order by (actif is false), siret limit 1
) office on true
left join lateral (
  select facts -> 'siege' as siege from snapshots
  where office.siret is null and siren = c.page_siren and facts_hash = c.facts_hash order by scraped_at desc limit 1
) published on true`;

// Those whose turnover and result the company itself shows.
const ACCOUNTS = `left join lateral (
  select annee, capitaux_propres, excedent_brut_exploitation from finances
  where siren = c.page_siren and (chiffre_affaires is not null or resultat is not null)
  order by (chiffre_affaires is null), annee desc limit 1
) accounts on true`;

const OFFICERS = `left join lateral (
  select string_agg(o.called || case when cardinality(o.qualites) = 0 then ''
      else ' (' || array_to_string(o.qualites, ', ') || ')' end, '; ' order by o.position) filter (where o.called <> '') as list,
    (array_agg(o.annee_naissance order by o.position) filter (where o.type = 'personne_physique'))[1] as born
  from (select *, coalesce(denomination, concat_ws(' ', prenoms, nom)) as called from officers where siren = c.page_siren) o
) officers on true`;

const EVENT = `left join lateral (
  select type, date from events where siren = c.page_siren order by date desc, position limit 1
) event on true`;

// A contact is licensed to one organisation: nobody else's is looked at.
const contact: Lookup = ({ organisationId }, params) => `left join lateral (
  select nom, fonction, email_professionnel, telephone from contacts
  where organisation_id = ${params.add(organisationId)} and siren = c.page_siren
    and (email_professionnel is not null or telephone is not null) order by nom, profil limit 1
) contact on true`;

const pipeline: Lookup = ({ organisationId, mode }, params) => `left join pipeline_statuses pipeline
  on pipeline.organisation_id = ${params.add(organisationId)} and pipeline.mode = ${params.add(mode)} and pipeline.siren = c.page_siren`;

const LOOKUPS = {
  office: () => HEAD_OFFICE,
  accounts: () => ACCOUNTS,
  officers: () => OFFICERS,
  contact,
  pipeline,
  event: () => EVENT,
} satisfies Record<string, Lookup>;

interface Source {
  /** A text, a number or null. */
  sql: string;
  lookup?: keyof typeof LOOKUPS;
}

/** Labels, and the bounds of a size band, are codes here: what they stand for is not in the database. */
const SOURCES: Record<ColumnName, Source> = {
  siren: { sql: "c.page_siren" },
  nom_entreprise: { sql: "c.nom_entreprise" },
  statut: { sql: "c.statut" },
  diffusion: { sql: "c.diffusion" },
  code_naf: { sql: "c.code_naf" },
  code_naf_2025: { sql: "c.code_naf_2025" },
  secteur_activite: { sql: "c.code_naf" },
  forme_juridique: { sql: "c.forme_juridique" },
  forme_juridique_libelle: { sql: "c.forme_juridique" },
  categorie_entreprise: { sql: "c.categorie_entreprise" },
  date_creation: { sql: "c.date_creation::text" },
  tranche_effectif: { sql: "c.tranche_effectif" },
  tranche_effectif_min: { sql: "c.tranche_effectif" },
  tranche_effectif_max: { sql: "c.tranche_effectif" },
  effectif: { sql: "c.effectif" },
  chiffre_affaires: { sql: "c.chiffre_affaires::float8" },
  resultat: { sql: "c.resultat::float8" },
  annee_comptes: { sql: "accounts.annee", lookup: "accounts" },
  siret_siege: { sql: "coalesce(office.siret, published.siege ->> 'siret')", lookup: "office" },
  adresse: { sql: "coalesce(office.adresse, published.siege ->> 'adresse')", lookup: "office" },
  code_postal: { sql: "c.code_postal" },
  ville: { sql: "c.ville" },
  departement: { sql: "c.departement" },
  region: { sql: "c.region" },
  ma_score: { sql: "c.ma_score" },
  score_confidence: { sql: "c.score_confidence" },
  last_scraped_at: {
    sql: `to_char(c.last_scraped_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  },
  capitaux_propres: { sql: "accounts.capitaux_propres", lookup: "accounts" },
  excedent_brut_exploitation: { sql: "accounts.excedent_brut_exploitation", lookup: "accounts" },
  pipeline_status: { sql: "pipeline.status", lookup: "pipeline" },
  evenement_dernier_type: { sql: "event.type", lookup: "event" },
  evenement_dernier_date: { sql: "event.date::text", lookup: "event" },
  dirigeants: { sql: "officers.list", lookup: "officers" },
  dirigeant_naissance: { sql: "officers.born", lookup: "officers" },
  contact_nom: { sql: "contact.nom", lookup: "contact" },
  contact_fonction: { sql: "contact.fonction", lookup: "contact" },
  contact_email: { sql: "contact.email_professionnel", lookup: "contact" },
  contact_telephone: { sql: "contact.telephone", lookup: "contact" },
};

/** Companies in the order of an export. */
interface Members {
  /** What it is ordered by, and its type. */
  place: string;
  type: "text" | "integer";
  siren: string;
  from: string;
  where: string[];
}

function filterMembers(filter: CompanyFilter, order: ExportOrder, params: SqlParams): Members {
  const { organisationId, createdAt } = order;
  const conditions = companyConditions(filter, { organisationId, now: Date.parse(createdAt) }, params);
  const where = [...conditions, `c.first_seen_at <= ${params.add(createdAt)}::timestamptz`];
  return { place: "c.siren", type: "text", siren: "c.siren", from: "companies c", where };
}

function taskMembers(id: string, order: ExportOrder, params: SqlParams): Members {
  return {
    place: "r.row_no",
    type: "integer",
    siren: "r.siren",
    from: "tasks t join task_rows r on r.task_id = t.id",
    where: [
      ...ownerConditions("t", id, { order, params }),
      "r.outcome in ('enriched', 'partial')",
      `r.ended_at <= ${params.add(order.createdAt)}::timestamptz`,
    ],
  };
}

function listMembers(id: string, order: ExportOrder, params: SqlParams): Members {
  return {
    place: "m.siren",
    type: "text",
    siren: "m.siren",
    from: "lists l join list_companies m on m.list_id = l.id",
    where: [
      ...ownerConditions("l", id, { order, params }),
      `m.added_at <= ${params.add(order.createdAt)}::timestamptz`,
    ],
  };
}

function ownerConditions(
  table: string,
  id: string,
  { order, params }: { order: ExportOrder; params: SqlParams },
): string[] {
  return [
    `${table}.id = ${params.add(id)}`,
    `${table}.organisation_id = ${params.add(order.organisationId)}`,
    `${table}.mode = ${params.add(order.mode)}`,
  ];
}

function namedMembers(sirens: string[], params: SqlParams): Members {
  const from = `unnest(${params.add(sirens)}::text[]) n (siren)`;
  return { place: "n.siren", type: "text", siren: "n.siren", from, where: [] };
}

/** `named`: the synthetic companies that a filter has; null unless they are what is selected. */
function membersOf(order: ExportOrder, named: string[] | null, params: SqlParams): Members {
  if (named !== null) return namedMembers(named, params);
  const { selection } = order;
  if (selection.kind === "task") return taskMembers(selection.task_id, order, params);
  if (selection.kind === "list") return listMembers(selection.list_id, order, params);
  return filterMembers(selection.filter, order, params);
}

function whereOf(conditions: string[]): string {
  return conditions.length === 0 ? "" : `where ${conditions.join("\n    and ")}`;
}

/** What the database has of a synthetic company. */
const STORED_OF_SYNTHETIC: ReadonlySet<ColumnName> = new Set(["siren", "pipeline_status"]);

/** The members of one page, as `c`. */
function pageOf(order: ExportOrder, page: RowsPage, { members, params }: PageParts): string {
  const { place, type, siren, from, where } = members;
  const synthetic = order.mode === "test";
  const filtered = order.selection.kind === "filter" && !synthetic;
  const after = page.after === null ? [] : [`${place} > ${params.add(page.after)}::${type}`];
  const cut = `(
  select ${place} as place, ${siren} as page_siren${filtered ? ", c.*" : ""} from ${from}
  ${whereOf([...where, ...after])}
  order by ${place} limit ${params.add(page.limit)}
)`;
  if (filtered || synthetic) return `${cut} c`;
  // Members of a task or list that are not stored have their SIREN alone. Joined after the cut: of a new task or list
  // the planner knows nothing, and would join all of it for each page.
  return `(
  select p.*, s.* from ${cut} p
  left join companies s on s.siren = p.page_siren and s.first_seen_at <= ${params.add(order.createdAt)}::timestamptz
) c`;
}

interface PageParts {
  members: Members;
  params: SqlParams;
}

/**
 * One page: of each company its key, its SIREN, and what `columns` need. The page is cut before anything is looked up,
 * and a deep one costs what the first does.
 */
export function rowsStatement(order: ExportOrder, page: RowsPage, named: string[] | null): Statement {
  const params = new SqlParams();
  const members = membersOf(order, named, params);
  const synthetic = order.mode === "test";
  const sources = order.columns.map((name): Source => {
    const column = columnByName(name);
    if (column === null) throw new Error(`no column ${name}`);
    return synthetic && !STORED_OF_SYNTHETIC.has(column.name) ? { sql: "null" } : SOURCES[column.name];
  });
  const lookups = new Set(sources.flatMap(({ lookup }) => (lookup === undefined ? [] : [LOOKUPS[lookup]])));
  // Named, since the shape varies with the filter and the columns: see `nameStatement`.
  const text = `/* export_rows_${order.selection.kind} */
select ${["c.place::text", "c.page_siren", ...sources.map(({ sql }) => sql)].join(", ")}
from ${pageOf(order, page, { members, params })}
${[...lookups].map((lookup) => lookup(order, params)).join("\n")}
order by c.place`;
  return { text, params: params.values };
}
