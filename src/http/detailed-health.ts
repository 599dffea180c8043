import { KEY_NAMES } from "../config/config.ts";
import { type BreakerState, breakerState } from "../domain/enrichment/breaker-state.ts";
import type { PauseReason } from "../domain/enrichment/gate.ts";
import { SOURCE_NAMES, type SourceName } from "../domain/enrichment/source.ts";
import { QUEUE_NAMES, type QueueName } from "../domain/operations/queue-name.ts";
import type { Services } from "../services.ts";
import {
  CHECK_LIMIT_MS,
  checkDependencies,
  type Dependency,
  type DependencyCheck,
  within,
} from "./health-checks.ts";

export interface ProviderHealth {
  name: SourceName;
  enabled: boolean;
  /** It has the key that it needs, or needs none. */
  configured: boolean;
  /** null: its gate does not answer. */
  breaker: { state: BreakerState; reopens_at: string | null } | null;
  paused: { reason: PauseReason; until: string } | null;
}

export interface QueueHealth {
  name: QueueName;
  backlog_count: number | null;
  oldest_message_at: string | null;
  /** null: the switch can't be read. */
  paused: boolean | null;
}

export interface DetailedHealth {
  status: "ok" | "degraded" | "down";
  /** What keeps it from being `ok`: `<what>:<name>`. */
  reasons: string[];
  dependencies: DependencyCheck[];
  providers: ProviderHealth[];
  queues: QueueHealth[];
}

/** Without these nothing can be answered. */
const VITAL: ReadonlySet<Dependency> = new Set(["database", "durable_objects"]);

function isoWhen(at: number, now: number): string | null {
  return now < at ? new Date(at).toISOString() : null;
}

async function orNull<Result>(work: Promise<Result>): Promise<Result | null> {
  return within(CHECK_LIMIT_MS, work).catch(() => null);
}

async function providerHealth({ config, gates, now }: Services, name: SourceName): Promise<ProviderHealth> {
  const { enabled, endpoints } = config.sources;
  const gate = await orNull(gates.inspect(name));
  const at = now();
  const until = gate === null ? null : isoWhen(gate.pausedUntil, at);
  return {
    name,
    enabled: enabled.includes(name),
    configured: !(name in KEY_NAMES) || endpoints[name].key !== undefined,
    breaker:
      gate === null ? null : { state: breakerState(gate, at), reopens_at: isoWhen(gate.openUntil, at) },
    paused: gate === null || until === null ? null : { reason: gate.pauseReason, until },
  };
}

async function queueHealth({ operations }: Services, name: QueueName): Promise<QueueHealth> {
  const [gauge, paused] = await Promise.all([
    orNull(operations.queues.gauge(name)),
    orNull(operations.pauses.read(name)),
  ]);
  return {
    name,
    backlog_count: gauge?.backlogCount ?? null,
    oldest_message_at: gauge?.oldestMessageAt ?? null,
    paused,
  };
}

/** Asks everything at once; takes 3 s at most and never throws. */
export async function detailedHealth(services: Services): Promise<DetailedHealth> {
  const [dependencies, providers, queues] = await Promise.all([
    checkDependencies(services),
    Promise.all(SOURCE_NAMES.map(async (name) => providerHealth(services, name))),
    Promise.all(QUEUE_NAMES.map(async (name) => queueHealth(services, name))),
  ]);
  const failing = dependencies.filter(({ ok }) => !ok);
  const open = providers.filter(({ enabled, breaker }) => enabled && breaker?.state === "open");
  const reasons = [
    ...failing.map(({ name }) => `dependency_failing:${name}`),
    ...open.map(({ name }) => `breaker_open:${name}`),
    ...queues.filter(({ paused }) => paused === true).map(({ name }) => `queue_paused:${name}`),
  ];
  const down = failing.some(({ name }) => VITAL.has(name));
  const status = down ? "down" : reasons.length > 0 ? "degraded" : "ok";
  return { status, reasons, dependencies, providers, queues };
}
