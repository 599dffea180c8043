export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

interface EventKind {
  readonly level: LogLevel;
  readonly help: string;
}

const debug = (help: string): EventKind => ({ level: "debug", help });
const info = (help: string): EventKind => ({ level: "info", help });
const warn = (help: string): EventKind => ({ level: "warn", help });
const error = (help: string): EventKind => ({ level: "error", help });

/** What the business did. */
const BUSINESS_EVENTS = {
  account_registered: info("An organisation and its owner were created."),
  signed_in: info("A session was opened."),
  enrichment_completed: info("A request asked sources for a company and was answered."),
  rows_enriched: debug("Rows of a chunk of a batch were enriched."),
  source_asked: info("A source was asked, and what came of it."),
  credits_spent: info("A provider charged credits."),
  batch_completed: info("A batch, or another task, ended."),
  upload_broken: error("The upload of a batch is not what it was accepted with: the batch failed."),
  task_resent: warn("Messages of a batch that had stood still were sent again."),
  task_given_up: error("A batch never began within a day: it failed."),
  row_not_enriched: warn("A row of a batch could not be worked on; it is tried again."),
  export_generated: info("The file of an export is ready."),
  export_failed: warn("An export failed; `failure` says whether the client or we can mend it."),
  export_cancelled: info("Somebody cancelled an export."),
  export_begun_again: warn("The parts of an export's file did not fit: it is written again."),
  export_resent: warn("The message of an export that had stood still was sent again."),
  export_given_up: error("An export was tried for a day: it failed."),
  webhook_attempted: info("An attempt was made to deliver an event."),
  webhook_disabled: warn("An endpoint that failed for too long was switched off."),
  deliveries_resent: warn("Deliveries whose messages were lost were sent again."),
  inbound_resent: warn("Notifications whose messages were lost were sent again."),
  companies_watched: info("Watch lists at the registers were brought up to date."),
  watchers_left: warn("The night was too short for these organisations: the next night goes on."),
  watched_left: warn("More watched companies were due than a night may refresh."),
  watched_not_refreshed: warn("The watch list of an organisation could not be refreshed."),
  audit_verified: info("Somebody verified an audit chain."),
  audit_chain_broken: error("A verification found an entry that is not what was recorded."),
  audit_chain_resumed: error("A chain had lost its memory and went on from the archive."),
} as const satisfies Record<string, EventKind>;

/** What the platform did: work, and all that failed without failing the work it was part of. */
const PLATFORM_EVENTS = {
  request: info("A request was answered: the one line about it."),
  object_call: info("A call of a Durable Object ended: the one line about it."),
  queue_message: info("A message was worked on: the one line about it."),
  messages_put_back: info("A queue is paused: its messages were sent again."),
  messages_not_put_back: warn(
    "A queue is paused and its messages could not be sent again: the platform delivers them.",
  ),
  dead_letter_kept: error("A message that nobody could process was put away."),
  cron_job: info("A scheduled job ended: the one line about it."),
  dependency_failing: error("A part that requests need did not answer."),
  slow_query: warn("A round trip to the database took longer than SLOW_QUERY_MS."),
  query_repeated: warn("A request ran one statement more than three times."),
  trace_export_failed: warn("The collector did not take spans; told once until it does."),
  trace_not_recorded: warn(
    "The recorder of traces failed; the work was done without it. Told once per isolate.",
  ),
  metrics_flush_failed: warn("An isolate could not hand its counts over; it tries again."),
  metrics_not_collected: warn("A part of the page of metrics could not be collected: it is left out."),
  slo_breached: error("An objective was not met in five minutes."),
  keys_unreadable: error("No master key opens a data key."),
  keys_rotated: info("Data keys were replaced."),
  partitions_dropped: info("Months of old records were removed."),
  profile_written: info("The weekly profile was made: what cost most."),
  reservations_presumed: warn("Reserved credits that nobody settled were booked as spent."),
  ledger_not_reserved: error("The ledger could not be asked: a paid source was not."),
  ledger_not_settled: error("What was spent could not be booked: the reservation will be."),
  limiter_unreachable: warn("A request could not be counted: it passed or was refused."),
  limit_settings_unreadable: warn("Settings of limits could not be read: the last good ones apply."),
  cache_level_failed: warn("A level of the cache did not answer: the next one was asked."),
  company_not_stored: error("What sources answered could not be stored; it is kept for the next save."),
  contacts_not_stored: error("Contacts could not be stored; they are kept for the next save."),
  collection_not_recorded: error("A collection could not be audited: nothing is given until it is."),
  sector_reference_unread: warn("The reference of a sector could not be read: the model's own applies."),
  events_not_queued: warn("Events were stored and not announced: the schedule finds them."),
  key_use_not_noted: warn("When a key was last used could not be noted."),
  idempotency_not_renewed: warn("The lock of an idempotency key could not be renewed."),
  idempotency_not_stored: warn("An answer could not be kept for repetitions."),
  queue_unmeasured: warn("The platform did not say how long a queue is."),
  queue_pause_unreadable: warn("Whether a queue is paused could not be read."),
  task_not_announced: warn("The live view of a task was not begun: it is read from the database."),
  task_not_sent: warn("The first message of a task was not sent: the schedule sends it."),
  task_not_begun: warn("The first message of a retried task was not sent: the schedule sends it."),
  task_not_dispatched: warn("The chunks of a redriven letter were not sent: the schedule sends them."),
  task_cancel_not_told: warn("A cancelled task was not finalised at once: the schedule does it."),
  task_progress_unchecked: warn("Whether the live view of a task is current could not be checked."),
  task_progress_unreachable: warn("The live view of a task did not answer."),
  task_progress_unread: warn("The progress of a task could not be read while it was followed."),
  task_events_cut_off: warn("The stream of a task's progress broke off."),
  task_result_cut_off: error("The result of a task broke off while it was sent."),
  audit_export_cut_off: error("An audit export broke off while it was sent."),
  progress_not_reported: warn("Rows were stored, the live view did not hear of it."),
  export_not_sent: warn("The first message of an export was not sent: the schedule sends it."),
  export_not_discarded: warn(
    "What was written of a cancelled export is still there: the schedule removes it.",
  ),
  export_lease_kept: warn("A step ended and could not give its lease back: it runs out."),
  export_reap_failed: warn("An export could not be looked after: the next run tries again."),
  webhook_retry_not_queued: warn("The next attempt was not queued: the schedule finds it."),
  webhook_replay_not_queued: warn("A replay was not queued: the schedule finds it."),
  inbound_not_announced: warn("A notification was stored and not queued: the schedule finds it."),
  audit_drain_failed: error("A chain could not take the records that wait for it; it tries again."),
  audit_anchor_failed: error("A chain could not be anchored; it tries again."),
  audit_drain_unreachable: error("The object of a chain did not answer."),
  audit_anchor_unreachable: error("The object of a chain did not answer."),
} as const satisfies Record<string, EventKind>;

/** Every event there is. `error`: somebody must look. `warn`: we coped. `debug`: counted, and rarely written. */
export const EVENTS: Readonly<Record<string, EventKind>> = { ...BUSINESS_EVENTS, ...PLATFORM_EVENTS };

/** `info` for a name that is not registered: a test finds it. */
export function levelOf(name: string): LogLevel {
  return EVENTS[name]?.level ?? "info";
}
