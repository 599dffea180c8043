import { RESERVED_SIRENS } from "../../src/domain/companies/reserved-sirens.ts";
import { passesLuhn } from "../../src/domain/companies/siren.ts";
import type { SourceName } from "../../src/domain/enrichment/source.ts";
import type { QueueMessage } from "../../src/queue/messages.ts";
import { type NonEmpty, Random } from "../../local/sandbox/world/random.ts";

/** Something that fails for a while: from its n-th call on, for some calls or some seconds. */
export interface Outage {
  from: number;
  calls: number;
  seconds: number;
}

export const PROVIDER_FAULTS = ["503", "429", "lost", "unanswered", "malformed"] as const;
export type ProviderFault = (typeof PROVIDER_FAULTS)[number];

export interface ProviderOutage extends Outage {
  source: SourceName;
  fault: ProviderFault;
}

export interface TaskPlan {
  csv: string;
  rows: number;
  /** Valid and distinct. */
  distinct: number;
  sources: SourceName[];
  /** The round of deliveries after which somebody cancels it. */
  cancelAfter: number | null;
  /** What failed of it is tried again. */
  retried: boolean;
}

/** All that is drawn beforehand of one schedule. */
export interface Plan {
  tasks: TaskPlan[];
  /** Consumers that may run at once. */
  consumers: number;
  batchSize: number;
  /** Of the calls that consumers make: those that take long. */
  slowRate: number;
  killRate: number;
  mostKills: number;
  /** Whatever is delivered of this kind is killed: rows until they are given up, the rest a dozen times. */
  poison: QueueMessage["type"] | null;
  duplicateRate: number;
  lossRate: number;
  sendFaultRate: number;
  /** Of calls that consumers make: before how many of them the objects are evicted. */
  evictions: number[];
  databaseOutages: Outage[];
  providerOutages: ProviderOutage[];
  listensToCompanies: boolean;
  /** How the receiver of webhooks fails, at first. */
  receiver: { failures: number; status: number };
}

/** The SIREN of a number below 80 million: none is reserved. */
export function sirenOf(number: number): string {
  const base = String(10_000_000 + (number % 80_000_000));
  const digit = "0123456789".split("").find((one) => passesLuhn(base + one)) ?? "0";
  return base + digit;
}

/** Companies that are stored before the first schedule. */
export const KNOWN_SIRENS = Array.from({ length: 80 }, (_, index) => sirenOf(79_000_000 + index));

const OUTCOMES: NonEmpty<string> = [
  RESERVED_SIRENS.not_found,
  RESERVED_SIRENS.malformed,
  RESERVED_SIRENS.partial_diffusion,
  RESERVED_SIRENS.partial,
];
const BAD_INPUTS: NonEmpty<string> = ["552032535", "12345", "n/a", "ABCDEFGHI", "000000000"];
const ALWAYS: SourceName[] = ["recherche_entreprises"];
/** Of one schedule: more than its own companies. */
const SIRENS_EACH = 64;

function drawOutage(random: Random, within: number): Outage {
  const brief = random.chance(0.6);
  return {
    from: random.int(0, within),
    calls: brief ? random.int(1, 12) : 0,
    seconds: brief ? 0 : random.int(5, 400),
  };
}

function some<Value>(random: Random, most: number, draw: () => Value): Value[] {
  return Array.from({ length: random.int(0, most) }, draw);
}

function shuffled<Value>(random: Random, values: Value[]): Value[] {
  const keyed = values.map((value) => ({ value, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ value }) => value);
}

function drawTask(random: Random, own: string[]): TaskPlan {
  const sources = [...ALWAYS];
  if (random.chance(0.5)) sources.push("bodacc");
  if (random.chance(0.6)) sources.push("pappers");
  const known = random.chance(0.25) ? random.int(45, 75) : random.int(0, 6);
  const valid = [...own.slice(0, random.int(2, 10)), ...KNOWN_SIRENS.slice(0, known)];
  if (random.chance(0.3)) valid.push(random.pick(OUTCOMES));
  const repeated = some(random, 4, () => random.pick([valid[0] ?? "", ...valid]));
  const bad = some(random, 3, () => random.pick(BAD_INPUTS));
  const rows = shuffled(random, [...valid, ...repeated, ...bad]);
  return {
    csv: `siren;note\n${rows.map((siren) => `${siren};x\n`).join("")}`,
    rows: rows.length,
    distinct: valid.length,
    sources,
    cancelAfter: random.chance(0.2) ? random.int(0, 6) : null,
    retried: random.chance(0.3),
  };
}

/** The same seed and number make the same plan. */
export function drawPlan(seed: number, schedule: number): Plan {
  const random = new Random(`fault schedule ${seed}/${schedule}`);
  const number = (seed * 1_000_003 + schedule) * SIRENS_EACH;
  const own = Array.from({ length: SIRENS_EACH }, (_, index) => sirenOf((number + index) % 78_000_000));
  const split = random.int(0, 14);
  const consumers = random.int(1, 3);
  const tasks = [drawTask(random, own)];
  // A second file that may name companies of the first.
  if (random.chance(0.3)) tasks.push(drawTask(random, own.slice(split)));
  return {
    tasks,
    consumers,
    slowRate: consumers === 1 ? 0 : random.pick([0, 0.05, 0.2]),
    batchSize: random.int(1, 4),
    killRate: random.pick([0, 0.2, 0.4, 0.7]),
    mostKills: random.int(1, 10),
    poison: random.chance(0.12)
      ? random.pick<QueueMessage["type"]>(["task.split", "task.chunk", "task.finalize", "webhook.deliver"])
      : null,
    duplicateRate: random.pick([0, 0.1, 0.25]),
    lossRate: random.pick([0, 0, 0, 0.2]),
    sendFaultRate: random.pick([0, 0, 0.1]),
    evictions: some(random, 3, () => random.int(0, 60)),
    // Some while the file is accepted.
    databaseOutages: some(random, 3, () => drawOutage(random, random.pick([5, 160, 160]))),
    providerOutages: some(random, 3, () => ({
      ...drawOutage(random, 20),
      source: random.pick<SourceName>(["recherche_entreprises", "bodacc", "pappers"]),
      fault: random.pick(PROVIDER_FAULTS),
    })),
    listensToCompanies: random.chance(0.3),
    receiver: random.chance(0.4)
      ? { failures: random.int(1, 4), status: random.pick([500, 503, 302, 0]) }
      : { failures: 0, status: 204 },
  };
}
