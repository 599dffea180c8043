CREATE EXTENSION IF NOT EXISTS pg_trgm;
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"mode" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_mode_known" CHECK ("api_keys"."mode" in ('live', 'test'))
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"organisation_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	CONSTRAINT "memberships_organisation_id_user_id_pk" PRIMARY KEY("organisation_id","user_id"),
	CONSTRAINT "memberships_role_known" CHECK ("memberships"."role" in ('owner', 'admin', 'analyst', 'viewer', 'auditor'))
);
--> statement-breakpoint
CREATE TABLE "organisations" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"plan" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "organisations_plan_known" CHECK ("organisations"."plan" in ('free', 'pro', 'enterprise', 'admin'))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "companies" (
	"siren" text PRIMARY KEY NOT NULL,
	"nom_entreprise" text,
	"statut" text,
	"diffusion" text NOT NULL,
	"code_naf" text,
	"code_naf_2025" text,
	"forme_juridique" text,
	"categorie_entreprise" text,
	"date_creation" date,
	"tranche_effectif" text,
	"effectif" integer,
	"chiffre_affaires" bigint,
	"resultat" bigint,
	"ville" text,
	"code_postal" text,
	"departement" text,
	"region" text,
	"ma_score" smallint,
	"score_confidence" real,
	"score" jsonb NOT NULL,
	"facts_hash" text NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_scraped_at" timestamp with time zone NOT NULL,
	CONSTRAINT "companies_siren_digits" CHECK ("companies"."siren" ~ '^[0-9]{9}$')
);
--> statement-breakpoint
CREATE TABLE "company_sources" (
	"siren" text NOT NULL,
	"source" text NOT NULL,
	"state" jsonb NOT NULL,
	"retrieved_at" timestamp with time zone NOT NULL,
	"fresh_until" timestamp with time zone NOT NULL,
	CONSTRAINT "company_sources_siren_source_pk" PRIMARY KEY("siren","source")
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"organisation_id" text NOT NULL,
	"siren" text NOT NULL,
	"profil" text NOT NULL,
	"nom" text NOT NULL,
	"fonction" text,
	"email_professionnel" text,
	"telephone" text,
	"source" text NOT NULL,
	"collected_at" timestamp with time zone NOT NULL,
	"fresh_until" timestamp with time zone NOT NULL,
	CONSTRAINT "contacts_organisation_id_siren_profil_pk" PRIMARY KEY("organisation_id","siren","profil")
);
--> statement-breakpoint
CREATE TABLE "establishments" (
	"siren" text NOT NULL,
	"siret" text NOT NULL,
	"siege" boolean NOT NULL,
	"actif" boolean,
	"enseigne" text,
	"code_naf" text,
	"adresse" text,
	"code_postal" text,
	"ville" text,
	"date_creation" date,
	"date_fermeture" date,
	CONSTRAINT "establishments_siren_siret_pk" PRIMARY KEY("siren","siret")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"siren" text NOT NULL,
	"position" smallint NOT NULL,
	"type" text NOT NULL,
	"date" date NOT NULL,
	"titre" text,
	"reference" text,
	"montant" double precision,
	"source" text NOT NULL,
	CONSTRAINT "events_siren_position_pk" PRIMARY KEY("siren","position")
);
--> statement-breakpoint
CREATE TABLE "finances" (
	"siren" text NOT NULL,
	"annee" smallint NOT NULL,
	"cloture" date,
	"chiffre_affaires" double precision,
	"resultat" double precision,
	"excedent_brut_exploitation" double precision,
	"effectif" integer,
	"tresorerie" double precision,
	"dettes_financieres" double precision,
	"capitaux_propres" double precision,
	"comptes" text,
	"confidentialite" text,
	CONSTRAINT "finances_siren_annee_pk" PRIMARY KEY("siren","annee")
);
--> statement-breakpoint
CREATE TABLE "officers" (
	"siren" text NOT NULL,
	"position" smallint NOT NULL,
	"type" text NOT NULL,
	"nom" text,
	"prenoms" text,
	"annee_naissance" smallint,
	"siren_dirigeant" text,
	"denomination" text,
	"qualites" text[] NOT NULL,
	"depuis" date,
	"collected_at" timestamp with time zone NOT NULL,
	CONSTRAINT "officers_siren_position_pk" PRIMARY KEY("siren","position")
);
--> statement-breakpoint
CREATE TABLE "scores" (
	"siren" text NOT NULL,
	"computed_at" timestamp with time zone NOT NULL,
	"model" text NOT NULL,
	"ma_score" smallint,
	"score" jsonb NOT NULL,
	CONSTRAINT "scores_siren_computed_at_pk" PRIMARY KEY("siren","computed_at")
);
--> statement-breakpoint
CREATE TABLE "sector_references" (
	"division" text PRIMARY KEY NOT NULL,
	"companies" integer NOT NULL,
	"median_marge" double precision,
	"median_croissance" double precision,
	"taux_cession" double precision,
	"acheteurs_actifs" integer,
	"as_of" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"siren" text NOT NULL,
	"scraped_at" timestamp with time zone NOT NULL,
	"facts_hash" text NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "snapshots_siren_scraped_at_pk" PRIMARY KEY("siren","scraped_at")
) PARTITION BY RANGE ("scraped_at");
--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "company_sources" ADD CONSTRAINT "company_sources_siren_companies_siren_fk" FOREIGN KEY ("siren") REFERENCES "public"."companies"("siren") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "establishments" ADD CONSTRAINT "establishments_siren_companies_siren_fk" FOREIGN KEY ("siren") REFERENCES "public"."companies"("siren") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_siren_companies_siren_fk" FOREIGN KEY ("siren") REFERENCES "public"."companies"("siren") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "finances" ADD CONSTRAINT "finances_siren_companies_siren_fk" FOREIGN KEY ("siren") REFERENCES "public"."companies"("siren") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "officers" ADD CONSTRAINT "officers_siren_companies_siren_fk" FOREIGN KEY ("siren") REFERENCES "public"."companies"("siren") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scores" ADD CONSTRAINT "scores_siren_companies_siren_fk" FOREIGN KEY ("siren") REFERENCES "public"."companies"("siren") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_by_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "api_keys_by_organisation" ON "api_keys" USING btree ("organisation_id");--> statement-breakpoint
CREATE INDEX "memberships_by_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_by_email" ON "users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "companies_by_score" ON "companies" USING btree ("ma_score" DESC NULLS LAST,"siren");--> statement-breakpoint
CREATE INDEX "companies_by_naf_score" ON "companies" USING btree ("code_naf","ma_score" DESC NULLS LAST,"siren");--> statement-breakpoint
CREATE INDEX "companies_by_departement_score" ON "companies" USING btree ("departement","ma_score" DESC NULLS LAST,"siren");--> statement-breakpoint
CREATE INDEX "companies_by_naf_division" ON "companies" USING btree (left("code_naf", 2));--> statement-breakpoint
CREATE INDEX "companies_by_name_trigram" ON "companies" USING gin ("nom_entreprise" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "contacts_by_collected_at" ON "contacts" USING btree ("collected_at");--> statement-breakpoint
CREATE INDEX "establishments_by_postal_code" ON "establishments" USING btree ("code_postal");--> statement-breakpoint
CREATE INDEX "events_by_date_type" ON "events" USING btree ("date","type");--> statement-breakpoint
CREATE INDEX "officers_by_legal_person" ON "officers" USING btree ("siren_dirigeant");
--> statement-breakpoint
CREATE TABLE "snapshots_default" PARTITION OF "snapshots" DEFAULT;
--> statement-breakpoint
-- Creates the monthly partitions of `parent` (by its column `key`) from the month of `first_day` on; those that exist
-- are left alone. Rows that went to the default partition meanwhile move to theirs: they would forbid its creation.
CREATE FUNCTION ensure_month_partitions(parent text, key text, first_day date, months integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  start_day date;
  end_day date;
  partition_name text;
  created integer := 0;
BEGIN
  FOR step IN 0 .. months - 1 LOOP
    start_day := date_trunc('month', first_day) + make_interval(months => step);
    end_day := start_day + interval '1 month';
    partition_name := format('%s_%s', parent, to_char(start_day, 'YYYY_MM'));
    IF to_regclass(quote_ident(partition_name)) IS NULL THEN
      EXECUTE format('CREATE TEMP TABLE strays AS SELECT * FROM %I WHERE %I >= %L AND %I < %L',
        parent || '_default', key, start_day, key, end_day);
      EXECUTE format('DELETE FROM %I WHERE %I >= %L AND %I < %L', parent || '_default', key, start_day, key, end_day);
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        partition_name, parent, start_day, end_day);
      EXECUTE format('INSERT INTO %I SELECT * FROM strays', parent);
      DROP TABLE strays;
      created := created + 1;
    END IF;
  END LOOP;
  RETURN created;
END $$;
--> statement-breakpoint
SELECT ensure_month_partitions('snapshots', 'scraped_at', current_date, 4);
