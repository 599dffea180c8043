ALTER TABLE "lists" ADD COLUMN "refreshed_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "watched_companies" ADD COLUMN "refreshed_at" timestamp (3) with time zone;