-- One index per order or first column of a search. Each carries what a filter may ask, so that a page is found without
-- reading the table; "if not exists", because on a large live database they are made by hand first (docs/database.md).
CREATE INDEX IF NOT EXISTS "companies_walk_score" ON "companies" (tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, departement, region, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle, code_postal, ville_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_ca" ON "companies" (tri_ca, siren)
  INCLUDE (tri_score, tri_effectif, departement, region, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_effectif" ON "companies" (tri_effectif, siren)
  INCLUDE (tri_score, tri_ca, departement, region, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_nom" ON "companies" (nom_cle, siren)
  INCLUDE (tri_score, tri_ca, tri_effectif, departement, region, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_fraicheur" ON "companies" (last_scraped_at, siren)
  INCLUDE (tri_score, tri_ca, tri_effectif, departement, region, code_naf, code_naf_2025, forme_juridique, statut, date_creation, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_region" ON "companies" (region, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_region_ca" ON "companies" (region, tri_ca, siren)
  INCLUDE (tri_score, tri_effectif, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_departement" ON "companies" (departement, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_naf" ON "companies" (code_naf, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, departement, region, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_naf_2025" ON "companies" (code_naf_2025, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, departement, region, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_forme" ON "companies" (forme_juridique, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, departement, region, code_naf, code_naf_2025, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_code_postal" ON "companies" (code_postal, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_walk_ville" ON "companies" (ville_cle, tri_score, siren)
  INCLUDE (tri_ca, tri_effectif, code_naf, code_naf_2025, forme_juridique, statut, date_creation, last_scraped_at, nom_cle);
--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "companies_by_name_words" ON "companies"
  USING gin ("nom_cle" gin_trgm_ops);
--> statement-breakpoint
-- Words of names that one company in a thousand has: the planner has to know rare from frequent.
ALTER TABLE "companies" ALTER COLUMN "nom_cle" SET STATISTICS 1000;
--> statement-breakpoint
-- A city, a postal code and a department imply each other.
CREATE STATISTICS IF NOT EXISTS "companies_places" (dependencies, mcv) ON "region", "departement", "code_postal", "ville_cle" FROM "companies";
--> statement-breakpoint
-- The score is read whole or not at all: out of the rows that pages read, when it is large.
ALTER TABLE "companies" SET (toast_tuple_target = 256);
--> statement-breakpoint
-- Last, as every request may need a key: the table is locked for moments only.
ALTER TABLE "encryption_keys" DROP CONSTRAINT "encryption_keys_purpose_known";
--> statement-breakpoint
ALTER TABLE "encryption_keys" ADD CONSTRAINT "encryption_keys_purpose_known" CHECK ("encryption_keys"."purpose" in ('jwt', 'secrets', 'commitments', 'audit', 'links'));
