CREATE TABLE "weekly_profiles" (
	"week" date PRIMARY KEY NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	"report" jsonb NOT NULL,
	"totals" jsonb NOT NULL
);
