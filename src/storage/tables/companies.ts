import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { sql } from "drizzle-orm";

/**
 * One row per company: the columns that searches filter and sort on, and the latest score whole. Generated columns
 * give unknown values a place in the order, so that a page is a comparison of rows; see docs/database.md.
 */
export const companies = pgTable(
  "companies",
  {
    siren: text("siren").primaryKey(),
    nomEntreprise: text("nom_entreprise"),
    statut: text("statut"),
    diffusion: text("diffusion").notNull(),
    codeNaf: text("code_naf"),
    codeNaf2025: text("code_naf_2025"),
    formeJuridique: text("forme_juridique"),
    categorieEntreprise: text("categorie_entreprise"),
    dateCreation: date("date_creation"),
    trancheEffectif: text("tranche_effectif"),
    effectif: integer("effectif"),
    chiffreAffaires: bigint("chiffre_affaires", { mode: "number" }),
    resultat: bigint("resultat", { mode: "number" }),
    ville: text("ville"),
    codePostal: text("code_postal"),
    departement: text("departement"),
    region: text("region"),
    maScore: smallint("ma_score"),
    scoreConfidence: real("score_confidence"),
    score: jsonb("score").notNull(),
    factsHash: text("facts_hash").notNull(),
    firstSeenAt: timestamp("first_seen_at", { withTimezone: true }).notNull(),
    lastScrapedAt: timestamp("last_scraped_at", { withTimezone: true }).notNull(),
    triScore: smallint("tri_score")
      .notNull()
      .generatedAlwaysAs(sql`coalesce(ma_score, -1)`),
    triCa: bigint("tri_ca", { mode: "number" })
      .notNull()
      .generatedAlwaysAs(sql`coalesce(chiffre_affaires, -1000000000000000)`),
    /** Staff of the latest accounts, else the least that the INSEE band means; -1: unknown. */
    triEffectif: integer("tri_effectif")
      .notNull()
      .generatedAlwaysAs(sql`coalesce(effectif, staff_floor(tranche_effectif), -1)`),
    /** Lower case, without accents or punctuation; what has no name comes last. */
    nomCle: text("nom_cle")
      .notNull()
      .generatedAlwaysAs(sql`coalesce(nullif(left(fold_text(nom_entreprise), 200), ''), '~')`),
    villeCle: text("ville_cle").generatedAlwaysAs(sql`left(fold_city(ville), 100)`),
  },
  (table) => [
    check("companies_siren_digits", sql`${table.siren} ~ '^[0-9]{9}$'`),
    // Those that searches walk have included columns, which cannot be declared here: migrations/0004.
    index("companies_by_name_words").using("gin", sql`${table.nomCle} gin_trgm_ops`),
  ],
);

/** What each source said last, and until when it counts as fresh. The company is the merge of its rows. */
export const companySources = pgTable(
  "company_sources",
  {
    siren: text("siren")
      .notNull()
      .references(() => companies.siren, { onDelete: "cascade" }),
    source: text("source").notNull(),
    state: jsonb("state").notNull(),
    retrievedAt: timestamp("retrieved_at", { withTimezone: true }).notNull(),
    freshUntil: timestamp("fresh_until", { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.siren, table.source] })],
);

export const establishments = pgTable(
  "establishments",
  {
    siren: text("siren")
      .notNull()
      .references(() => companies.siren, { onDelete: "cascade" }),
    siret: text("siret").notNull(),
    siege: boolean("siege").notNull(),
    actif: boolean("actif"),
    enseigne: text("enseigne"),
    codeNaf: text("code_naf"),
    adresse: text("adresse"),
    codePostal: text("code_postal"),
    ville: text("ville"),
    dateCreation: date("date_creation"),
    dateFermeture: date("date_fermeture"),
  },
  (table) => [
    primaryKey({ columns: [table.siren, table.siret] }),
    index("establishments_by_postal_code").on(table.codePostal),
  ],
);

export const finances = pgTable(
  "finances",
  {
    siren: text("siren")
      .notNull()
      .references(() => companies.siren, { onDelete: "cascade" }),
    annee: smallint("annee").notNull(),
    cloture: date("cloture"),
    chiffreAffaires: doublePrecision("chiffre_affaires"),
    resultat: doublePrecision("resultat"),
    excedentBrutExploitation: doublePrecision("excedent_brut_exploitation"),
    effectif: integer("effectif"),
    tresorerie: doublePrecision("tresorerie"),
    dettesFinancieres: doublePrecision("dettes_financieres"),
    capitauxPropres: doublePrecision("capitaux_propres"),
    comptes: text("comptes"),
    confidentialite: text("confidentialite"),
  },
  (table) => [primaryKey({ columns: [table.siren, table.annee] })],
);

/** Personal data: `collected_at` starts the retention clock. */
export const officers = pgTable(
  "officers",
  {
    siren: text("siren")
      .notNull()
      .references(() => companies.siren, { onDelete: "cascade" }),
    position: smallint("position").notNull(),
    type: text("type").notNull(),
    nom: text("nom"),
    prenoms: text("prenoms"),
    anneeNaissance: smallint("annee_naissance"),
    sirenDirigeant: text("siren_dirigeant"),
    denomination: text("denomination"),
    qualites: text("qualites").array().notNull(),
    depuis: date("depuis"),
    collectedAt: timestamp("collected_at", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siren, table.position] }),
    index("officers_by_legal_person").on(table.sirenDirigeant),
  ],
);

/** Licensed to one organisation, never shared. A row without e-mail or telephone: looked up, nothing found. */
export const contacts = pgTable(
  "contacts",
  {
    organisationId: text("organisation_id").notNull(),
    siren: text("siren").notNull(),
    profil: text("profil").notNull(),
    nom: text("nom").notNull(),
    fonction: text("fonction"),
    emailProfessionnel: text("email_professionnel"),
    telephone: text("telephone"),
    source: text("source").notNull(),
    collectedAt: timestamp("collected_at", { withTimezone: true }).notNull(),
    freshUntil: timestamp("fresh_until", { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.organisationId, table.siren, table.profil] }),
    index("contacts_by_collected_at").on(table.collectedAt),
  ],
);

export const events = pgTable(
  "events",
  {
    siren: text("siren")
      .notNull()
      .references(() => companies.siren, { onDelete: "cascade" }),
    position: smallint("position").notNull(),
    type: text("type").notNull(),
    date: date("date").notNull(),
    titre: text("titre"),
    reference: text("reference"),
    montant: doublePrecision("montant"),
    source: text("source").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.siren, table.position] }),
    index("events_by_date_type").on(table.date, table.type),
  ],
);

/** One row per change of the merged facts; partitioned by month of `scraped_at`. */
export const snapshots = pgTable(
  "snapshots",
  {
    siren: text("siren").notNull(),
    scrapedAt: timestamp("scraped_at", { withTimezone: true }).notNull(),
    factsHash: text("facts_hash").notNull(),
    facts: jsonb("facts").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siren, table.scrapedAt] })],
);

export const scores = pgTable(
  "scores",
  {
    siren: text("siren")
      .notNull()
      .references(() => companies.siren, { onDelete: "cascade" }),
    computedAt: timestamp("computed_at", { withTimezone: true }).notNull(),
    model: text("model").notNull(),
    maScore: smallint("ma_score"),
    score: jsonb("score").notNull(),
  },
  (table) => [primaryKey({ columns: [table.siren, table.computedAt] })],
);

/** Medians and rates measured on our own companies, per NAF division; refreshed every night. */
export const sectorReferences = pgTable("sector_references", {
  division: text("division").primaryKey(),
  companies: integer("companies").notNull(),
  medianMarge: doublePrecision("median_marge"),
  medianCroissance: doublePrecision("median_croissance"),
  tauxCession: doublePrecision("taux_cession"),
  acheteursActifs: integer("acheteurs_actifs"),
  asOf: timestamp("as_of", { withTimezone: true }).notNull(),
});
