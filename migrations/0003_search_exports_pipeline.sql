-- What is above the first CREATE TABLE may be run by hand, again and again, before this migration: on a large live
-- database it should be (docs/database.md).
-- Lower case, accents and punctuation gone, one space between words: what names and cities are found by. As
-- `foldText` in src/lib/fold-text.ts, which a test holds to it.
CREATE OR REPLACE FUNCTION fold_text(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN btrim(regexp_replace(
  replace(replace(regexp_replace(normalize(lower($1), NFKD), '[\u0300-\u036f]', '', 'g'), 'œ', 'oe'), 'æ', 'ae'),
  '[^a-z0-9]+', ' ', 'g'));
--> statement-breakpoint
-- A city as it is asked for: `st` and `ste` written out, `8e arrondissement` as its number. As `foldCity` in
-- src/lib/fold-city.ts, which a test holds to it.
CREATE OR REPLACE FUNCTION fold_city(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
  regexp_replace(regexp_replace(fold_text($1), '\mst\M', 'saint', 'g'), '\mste\M', 'sainte', 'g'),
  '\m([0-9]{1,2})(?:er|e|eme)(?: arrondissement)?\M', '\1', 'g');
--> statement-breakpoint
-- The least staff that an INSEE band means; null: no band, or none that we know.
CREATE OR REPLACE FUNCTION staff_floor(text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE $1 WHEN 'NN' THEN 0 WHEN '00' THEN 0 WHEN '01' THEN 1 WHEN '02' THEN 3 WHEN '03' THEN 6 WHEN '11' THEN 10
  WHEN '12' THEN 20 WHEN '21' THEN 50 WHEN '22' THEN 100 WHEN '31' THEN 200 WHEN '32' THEN 250 WHEN '41' THEN 500
  WHEN '42' THEN 1000 WHEN '51' THEN 2000 WHEN '52' THEN 5000 WHEN '53' THEN 10000 END;
--> statement-breakpoint
-- Nothing reads by them any more, and the table is about to be written anew.
DROP INDEX IF EXISTS "companies_by_score", "companies_by_naf_score", "companies_by_departement_score",
  "companies_by_naf_division", "companies_by_name_trigram";
--> statement-breakpoint
-- One statement, as each would write the whole table anew. Codes sort by their characters, whatever the order of the
-- database: a range of codes is a range of the index. Keys are cut: an index takes no entry above 2,704 bytes.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'companies'::regclass AND attname = 'tri_score') THEN
    RETURN;
  END IF;
  ALTER TABLE "companies"
    ALTER COLUMN "code_naf" SET DATA TYPE text COLLATE "C",
    ALTER COLUMN "code_naf_2025" SET DATA TYPE text COLLATE "C",
    ALTER COLUMN "forme_juridique" SET DATA TYPE text COLLATE "C",
    ADD COLUMN "tri_score" smallint GENERATED ALWAYS AS (coalesce(ma_score, -1)) STORED NOT NULL,
    ADD COLUMN "tri_ca" bigint GENERATED ALWAYS AS (coalesce(chiffre_affaires, -1000000000000000)) STORED NOT NULL,
    ADD COLUMN "tri_effectif" integer GENERATED ALWAYS AS (coalesce(effectif, staff_floor(tranche_effectif), -1)) STORED NOT NULL,
    ADD COLUMN "nom_cle" text COLLATE "C" GENERATED ALWAYS AS (coalesce(nullif(left(fold_text(nom_entreprise), 200), ''), '~')) STORED NOT NULL,
    ADD COLUMN "ville_cle" text COLLATE "C" GENERATED ALWAYS AS (left(fold_city(ville), 100)) STORED;
END $$;
--> statement-breakpoint
-- Active companies by NAF code, refreshed every night.
CREATE MATERIALIZED VIEW IF NOT EXISTS mv_ma_analytics AS
SELECT code_naf,
  count(*)::integer AS entreprises,
  count(ma_score)::integer AS entreprises_notees,
  avg(ma_score)::double precision AS score_moyen,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY ma_score) AS score_p90,
  count(chiffre_affaires)::integer AS entreprises_avec_ca,
  avg(chiffre_affaires)::double precision AS ca_moyen,
  percentile_cont(0.9) WITHIN GROUP (ORDER BY chiffre_affaires) AS ca_p90,
  now() AS as_of
FROM companies WHERE statut = 'active' AND code_naf IS NOT NULL GROUP BY code_naf;
--> statement-breakpoint
-- What a concurrent refresh needs, and the order of the pages.
CREATE UNIQUE INDEX IF NOT EXISTS mv_ma_analytics_by_naf ON mv_ma_analytics (code_naf);
--> statement-breakpoint
-- Partitions of `parent` whose month ended before `before` go, with all that is in them. One that is in use stays until
-- the next time: who waits for such a lock has everybody else wait behind.
CREATE OR REPLACE FUNCTION drop_month_partitions(parent text, before date, OUT dropped integer, OUT busy integer)
LANGUAGE plpgsql SET lock_timeout = '500ms' AS $$
DECLARE
  partition_name text;
BEGIN
  dropped := 0;
  busy := 0;
  FOR partition_name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = quote_ident(parent)::regclass AND c.relname ~ ('^' || parent || '_[0-9]{4}_[0-9]{2}$')
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE %I', partition_name);
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      busy := busy + 1;
    END;
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TABLE "exports" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"request_id" text,
	"format" text NOT NULL,
	"selection" jsonb NOT NULL,
	"columns" text[] NOT NULL,
	"options" jsonb NOT NULL,
	"secret" text,
	"fingerprint" text NOT NULL,
	"status" text NOT NULL,
	"estimated_rows" integer,
	"rows" integer DEFAULT 0 NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"digest" text,
	"object_key" text,
	"upload_id" text,
	"parts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"seq" integer DEFAULT 0 NOT NULL,
	"last_key" text,
	"carry_key" text,
	"writer" jsonb,
	"counts" jsonb,
	"lease_id" text,
	"leased_until" timestamp (3) with time zone,
	"failure" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"cancel_requested_at" timestamp (3) with time zone,
	"resent_at" timestamp (3) with time zone,
	CONSTRAINT "exports_status_known" CHECK ("exports"."status" in ('queued', 'running', 'completed', 'failed', 'cancelled', 'expired')),
	CONSTRAINT "exports_mode_known" CHECK ("exports"."mode" in ('live', 'test')),
	CONSTRAINT "exports_format_known" CHECK ("exports"."format" in ('csv', 'ndjson', 'xlsx', 'sql', 'airtable'))
);
--> statement-breakpoint
CREATE TABLE "company_changes" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"siren" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"changes" jsonb NOT NULL,
	"score_before" smallint,
	"score_after" smallint,
	CONSTRAINT "company_changes_mode_known" CHECK ("company_changes"."mode" in ('live', 'test'))
);
--> statement-breakpoint
CREATE TABLE "list_companies" (
	"list_id" text NOT NULL,
	"siren" text NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "list_companies_list_id_siren_pk" PRIMARY KEY("list_id","siren")
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"watched" boolean DEFAULT false NOT NULL,
	"created_by_kind" text NOT NULL,
	"created_by_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lists_mode_known" CHECK ("lists"."mode" in ('live', 'test'))
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"siren" text NOT NULL,
	"body" text NOT NULL,
	"author_kind" text NOT NULL,
	"author_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "notes_mode_known" CHECK ("notes"."mode" in ('live', 'test'))
);
--> statement-breakpoint
CREATE TABLE "pipeline_statuses" (
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"siren" text NOT NULL,
	"status" text NOT NULL,
	"changed_by_kind" text NOT NULL,
	"changed_by_id" text,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pipeline_statuses_organisation_id_mode_siren_pk" PRIMARY KEY("organisation_id","mode","siren"),
	CONSTRAINT "pipeline_statuses_mode_known" CHECK ("pipeline_statuses"."mode" in ('live', 'test'))
);
--> statement-breakpoint
CREATE TABLE "watched_companies" (
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"siren" text NOT NULL,
	"seen_at" timestamp with time zone,
	"seen_hash" text,
	"seen_score" smallint,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "watched_companies_organisation_id_mode_siren_pk" PRIMARY KEY("organisation_id","mode","siren"),
	CONSTRAINT "watched_companies_mode_known" CHECK ("watched_companies"."mode" in ('live', 'test'))
);
--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "company_changes" ADD CONSTRAINT "company_changes_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "list_companies" ADD CONSTRAINT "list_companies_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "pipeline_statuses" ADD CONSTRAINT "pipeline_statuses_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "watched_companies" ADD CONSTRAINT "watched_companies_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "exports_by_organisation" ON "exports" USING btree ("organisation_id","id" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "exports_open" ON "exports" USING btree ("created_at") WHERE "exports"."status" in ('queued', 'running');
--> statement-breakpoint
CREATE INDEX "exports_expiring" ON "exports" USING btree ("expires_at") WHERE "exports"."object_key" is not null;
--> statement-breakpoint
CREATE INDEX "exports_by_fingerprint" ON "exports" USING btree ("organisation_id","fingerprint","created_at" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "company_changes_by_organisation" ON "company_changes" USING btree ("organisation_id","mode","id" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "company_changes_by_company" ON "company_changes" USING btree ("organisation_id","mode","siren","id" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "company_changes_by_time" ON "company_changes" USING btree ("at");
--> statement-breakpoint
CREATE INDEX "list_companies_by_siren" ON "list_companies" USING btree ("siren");
--> statement-breakpoint
CREATE UNIQUE INDEX "lists_by_name" ON "lists" USING btree ("organisation_id","mode",lower("name"));
--> statement-breakpoint
CREATE INDEX "lists_by_organisation" ON "lists" USING btree ("organisation_id","mode","id" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "lists_watched" ON "lists" USING btree ("organisation_id","mode") WHERE "lists"."watched";
--> statement-breakpoint
CREATE INDEX "notes_by_company" ON "notes" USING btree ("organisation_id","mode","siren","id" DESC NULLS LAST);
--> statement-breakpoint
CREATE INDEX "pipeline_statuses_by_status" ON "pipeline_statuses" USING btree ("organisation_id","mode","status","changed_at" DESC NULLS LAST,"siren");
--> statement-breakpoint
CREATE INDEX "watched_companies_by_siren" ON "watched_companies" USING btree ("siren");
