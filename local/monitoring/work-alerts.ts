import { SCHEDULE } from "../../src/cron/schedule.ts";
import type { Alert } from "./alert.ts";
import { series } from "./promql.ts";
import { duration, type RuleClock } from "./rule-clock.ts";
import { THRESHOLDS } from "./thresholds.ts";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Seconds between two runs of each expression of the schedule. A test says when one is missing here. */
export const CRON_PERIODS: Readonly<Record<string, number>> = {
  "*/5 * * * *": 5 * MINUTE,
  "7 * * * *": HOUR,
  "17 2 * * *": DAY,
  "41 3 * * MON": 7 * DAY,
};

/** Queues, scheduled jobs, webhooks. */
export function workAlerts(clock: RuleClock): Alert[] {
  return [
    ...deadLetters(clock),
    {
      name: "QueueBacklogOld",
      severity: "warning",
      category: "data",
      runbook: "queue-backlog",
      dashboard: "ma-jobs-queues",
      expr: `${series("queue_oldest_message_seconds")} > ${THRESHOLDS.queueAgeSeconds}`,
      for: clock.span(5 * MINUTE),
      summary: "The oldest message of {{ $labels.queue }} waits for {{ $value | humanizeDuration }}",
      description: "Paused? Failing consumer? More work than it can take? The runbook tells which.",
      when: `a queue's oldest message is older than ${THRESHOLDS.queueAgeSeconds / MINUTE} minutes, for 5 minutes`,
    },
    ...stuckWork(clock),
    ...Object.entries(SCHEDULE).flatMap(([cron, jobs]) =>
      cronAlerts(
        clock,
        CRON_PERIODS[cron] ?? DAY,
        jobs.map(({ name }) => name),
      ),
    ),
    webhooksGivenUp(clock),
  ];
}

/** What stands still though no queue looks old: a pause puts its messages back each minute. */
function stuckWork(clock: RuleClock): Alert[] {
  const { oldestBatchSeconds, oldestJobSeconds, queuePausedSeconds } = THRESHOLDS;
  const batch = series("jobs_oldest_seconds", { work: "batch" });
  const job = series("jobs_oldest_seconds", { work: "export" });
  const common = {
    severity: "warning",
    category: "data",
    runbook: "queue-backlog",
    dashboard: "ma-jobs-queues",
  } as const;
  return [
    {
      ...common,
      name: "QueuePaused",
      expr: `${series("queue_paused")} == 1`,
      for: clock.span(queuePausedSeconds),
      summary: "{{ $labels.queue }} is paused: nothing of it is done",
      description: "Forgotten? POST /api/v2/admin/queues/{{ $labels.queue }}/resume. Else silence it.",
      when: `a queue has been paused for ${queuePausedSeconds / MINUTE} minutes`,
    },
    {
      ...common,
      name: "WorkOld",
      expr: `${batch} > ${oldestBatchSeconds}\nor\n${job} > ${oldestJobSeconds}`,
      for: clock.span(5 * MINUTE),
      summary: "The oldest open {{ $labels.work }} was accepted {{ $value | humanizeDuration }} ago",
      description: "Is its queue paused, do its messages fail, or was one lost? The runbook tells which.",
      when: `an open batch is older than ${oldestBatchSeconds / HOUR} hours (100,000 rows may take 28), or an export than ${oldestJobSeconds / HOUR} hour`,
    },
  ];
}

function webhooksGivenUp(clock: RuleClock): Alert {
  const within = (result: string) =>
    `sum(increase(${series("webhook_attempts_total", { result: { re: result } })}[${clock.span(HOUR)}]))`;
  const givenUp = within("given_up");
  return {
    name: "WebhooksGivenUp",
    severity: "warning",
    category: "data",
    runbook: "webhooks-given-up",
    dashboard: "ma-jobs-queues",
    expr: `${givenUp} > ${THRESHOLDS.webhooksGivenUpAnHour}\nand\n${givenUp} > ${THRESHOLDS.webhooksGivenUpShare} * ${within("delivered|given_up")}`,
    for: null,
    summary: "{{ $value | humanize }} deliveries were given up within an hour",
    description: "One customer's endpoint is theirs to mend; several at once are ours to explain.",
    when: `more than ${THRESHOLDS.webhooksGivenUpAnHour} deliveries of webhooks, and more than ${THRESHOLDS.webhooksGivenUpShare * 100} % of those that ended, were given up within an hour`,
  };
}

function deadLetters(clock: RuleClock): Alert[] {
  const common = { category: "data", runbook: "dead-letters", dashboard: "ma-jobs-queues" } as const;
  return [
    {
      ...common,
      name: "DeadLettersNew",
      severity: "warning",
      expr: `sum by (queue, reason) (increase(${series("dead_letters_total")}[${clock.span(15 * MINUTE)}])) > 0`,
      for: null,
      summary: "New dead letters of {{ $labels.queue }} ({{ $labels.reason }})",
      description: "Read them at /api/v2/admin/dead-letters, mend the cause, then redrive.",
      when: "a message died within the last 15 minutes",
    },
    {
      ...common,
      name: "DeadLettersGrowing",
      severity: "critical",
      expr: `sum by (queue) (delta(${series("dead_letters_open")}[${clock.span(HOUR)}])) > ${THRESHOLDS.newDeadLettersAnHour}`,
      for: null,
      summary: "{{ $value | humanize }} more open dead letters of {{ $labels.queue }} than an hour ago",
      description: "Messages die in numbers: pause the queue, mend the cause, redrive.",
      when: `open dead letters of a queue grew by more than ${THRESHOLDS.newDeadLettersAnHour} within an hour`,
    },
  ];
}

/** Twice its period: one run may fail or be late. A job that never succeeded has no series to grow old. */
function cronAlerts(clock: RuleClock, period: number, jobs: string[]): Alert[] {
  const last = series("cron_last_success_timestamp_seconds", { cron_job: { re: jobs.join("|") } });
  const late = 2 * period;
  const common = {
    severity: "warning",
    category: "data",
    runbook: "cron-not-run",
    dashboard: "ma-jobs-queues",
    labels: { period: duration(period * 1_000) },
  } as const;
  return [
    {
      ...common,
      name: "CronNotRun",
      expr: `time() - ${last} > ${late}`,
      for: clock.span(MINUTE),
      summary: "{{ $labels.cron_job }} last succeeded {{ $value | humanizeDuration }} ago",
      description: "Is the trigger gone or does the job fail? Its line in the log (cron_job) tells.",
      when: "a scheduled job did not succeed for twice its period",
    },
    {
      ...common,
      name: "CronNeverRan",
      expr: `(count(${last}) or vector(0)) < ${jobs.length}`,
      for: clock.span(late),
      summary: `Of the ${jobs.length} jobs that run every ${duration(period * 1_000)} only {{ $value }} ever succeeded`,
      description: "After a first deployment: are the cron triggers there? Else a job fails each time.",
      when: "some scheduled jobs never succeeded, for twice their period",
    },
  ];
}
