CREATE TABLE "dead_letters" (
	"id" text PRIMARY KEY NOT NULL,
	"queue" text,
	"message_id" text NOT NULL,
	"body" jsonb NOT NULL,
	"reason" text NOT NULL,
	"status" text NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "dead_letters_message_id_unique" UNIQUE("message_id"),
	CONSTRAINT "dead_letters_status_known" CHECK ("dead_letters"."status" in ('open', 'redriven', 'discarded'))
);
--> statement-breakpoint
CREATE TABLE "task_rows" (
	"task_id" text NOT NULL,
	"row_no" integer NOT NULL,
	"line" integer NOT NULL,
	"input" text NOT NULL,
	"siren" text,
	"chunk" integer,
	"outcome" text,
	"reason" text,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "task_rows_task_id_row_no_pk" PRIMARY KEY("task_id","row_no"),
	CONSTRAINT "task_rows_outcome_known" CHECK ("task_rows"."outcome" in ('enriched', 'partial', 'not_found', 'invalid', 'duplicate', 'upstream_error', 'rate_limited', 'cancelled'))
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"parent_id" text,
	"type" text NOT NULL,
	"mode" text NOT NULL,
	"status" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"request_id" text,
	"sources" text[] NOT NULL,
	"max_age_ms" bigint,
	"rows" integer NOT NULL,
	"distinct_rows" integer NOT NULL,
	"upload_key" text,
	"upload_bytes" bigint,
	"split_offset" bigint DEFAULT 0 NOT NULL,
	"split_rows" integer DEFAULT 0 NOT NULL,
	"split_distinct" integer DEFAULT 0 NOT NULL,
	"dispatched_chunks" integer DEFAULT 0 NOT NULL,
	"counts" jsonb,
	"failure" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"cancel_requested_at" timestamp (3) with time zone,
	"resent_at" timestamp (3) with time zone,
	CONSTRAINT "tasks_status_known" CHECK ("tasks"."status" in ('queued', 'running', 'completed', 'cancelled', 'failed')),
	CONSTRAINT "tasks_mode_known" CHECK ("tasks"."mode" in ('live', 'test'))
);
--> statement-breakpoint
CREATE TABLE "inbound_events" (
	"id" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"dedupe_key" text NOT NULL,
	"body" jsonb NOT NULL,
	"sirens" text[] NOT NULL,
	"status" text NOT NULL,
	"error" text,
	"received_at" timestamp (3) with time zone NOT NULL,
	"processed_at" timestamp (3) with time zone,
	CONSTRAINT "inbound_events_status_known" CHECK ("inbound_events"."status" in ('received', 'processed', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "webhook_attempts" (
	"delivery_id" text NOT NULL,
	"attempt" smallint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL,
	"response_status" smallint,
	"error" text,
	CONSTRAINT "webhook_attempts_delivery_id_attempt_pk" PRIMARY KEY("delivery_id","attempt")
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"endpoint_id" text NOT NULL,
	"origin" text NOT NULL,
	"status" text NOT NULL,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"leased_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "webhook_deliveries_origin_known" CHECK ("webhook_deliveries"."origin" in ('event', 'replay', 'test')),
	CONSTRAINT "webhook_deliveries_status_known" CHECK ("webhook_deliveries"."status" in ('pending', 'delivered', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"mode" text NOT NULL,
	"url" text NOT NULL,
	"description" text,
	"events" text[] NOT NULL,
	"status" text NOT NULL,
	"disabled_reason" text,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_secret_until" timestamp (3) with time zone,
	"rotation" text,
	"failing_since" timestamp (3) with time zone,
	"last_failure_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "webhook_endpoints_mode_known" CHECK ("webhook_endpoints"."mode" in ('live', 'test')),
	CONSTRAINT "webhook_endpoints_status_known" CHECK ("webhook_endpoints"."status" in ('active', 'disabled'))
);
--> statement-breakpoint
CREATE TABLE "webhook_events" (
	"id" text PRIMARY KEY NOT NULL,
	"organisation_id" text NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "task_rows" ADD CONSTRAINT "task_rows_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery_id_webhook_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."webhook_deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_event_id_webhook_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."webhook_events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_webhook_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."webhook_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_organisation_id_organisations_id_fk" FOREIGN KEY ("organisation_id") REFERENCES "public"."organisations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dead_letters_by_status" ON "dead_letters" USING btree ("status","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "task_rows_by_chunk" ON "task_rows" USING btree ("task_id","chunk") WHERE "task_rows"."chunk" is not null;--> statement-breakpoint
CREATE INDEX "task_rows_open" ON "task_rows" USING btree ("task_id","chunk") WHERE "task_rows"."outcome" is null;--> statement-breakpoint
CREATE INDEX "task_rows_by_outcome" ON "task_rows" USING btree ("task_id","outcome","row_no") WHERE "task_rows"."outcome" is not null;--> statement-breakpoint
CREATE INDEX "task_rows_ended" ON "task_rows" USING btree ("task_id","ended_at") WHERE "task_rows"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "task_rows_waiting" ON "task_rows" USING btree ("task_id","retry_at") WHERE "task_rows"."retry_at" is not null and "task_rows"."outcome" is null;--> statement-breakpoint
CREATE INDEX "tasks_by_organisation" ON "tasks" USING btree ("organisation_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "tasks_open" ON "tasks" USING btree ("created_at") WHERE "tasks"."status" in ('queued', 'running') or "tasks"."upload_key" is not null;--> statement-breakpoint
CREATE INDEX "tasks_by_end" ON "tasks" USING btree ("finished_at");--> statement-breakpoint
CREATE UNIQUE INDEX "inbound_events_once" ON "inbound_events" USING btree ("channel","dedupe_key");--> statement-breakpoint
CREATE INDEX "inbound_events_open" ON "inbound_events" USING btree ("received_at") WHERE "inbound_events"."status" = 'received';--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_deliveries_once" ON "webhook_deliveries" USING btree ("event_id","endpoint_id") WHERE "webhook_deliveries"."origin" = 'event';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_by_event" ON "webhook_deliveries" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_by_endpoint" ON "webhook_deliveries" USING btree ("endpoint_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("endpoint_id","next_attempt_at") WHERE "webhook_deliveries"."status" = 'pending';--> statement-breakpoint
CREATE INDEX "webhook_deliveries_leased" ON "webhook_deliveries" USING btree ("endpoint_id","leased_until") WHERE "webhook_deliveries"."status" = 'pending' and "webhook_deliveries"."leased_until" is not null;--> statement-breakpoint
CREATE INDEX "webhook_endpoints_by_organisation" ON "webhook_endpoints" USING btree ("organisation_id","mode","id");--> statement-breakpoint
CREATE INDEX "webhook_events_by_time" ON "webhook_events" USING btree ("created_at");