import { abortAllDurableObjects } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { runScheduled } from "../../src/cron/schedule.ts";
import type { TaskProgress } from "../../src/domain/jobs/ports.ts";
import { isTerminal, OUTCOMES, type TaskStatus } from "../../src/domain/jobs/task.ts";
import { inTurns } from "../../src/lib/in-turns.ts";
import { consume } from "../../src/queue/consume.ts";
import { QueueMessage } from "../../src/queue/messages.ts";
import { buildServices, type Services } from "../../src/services.ts";
import { Random } from "../../local/sandbox/world/random.ts";
import { resetGates } from "../support/source-gates.ts";
import { mintWorld, type World } from "../support/world.ts";
import { type Life, mortalServices } from "./mortal-services.ts";
import { FaultyNetwork } from "./network.ts";
import { KNOWN_SIRENS, type Plan, type TaskPlan } from "./plan.ts";
import { describe, type Handed, messageOf, SimulatedQueue } from "./simulated-queue.ts";
import { VirtualClock } from "./virtual-clock.ts";

const CRON = "*/5 * * * *";
const CRON_MS = 5 * 60_000;
const MOST_ROUNDS = 1_500;
const MOST_TRIES = 60;
/** Of messages whose last delivery ends nothing: they must get through in the end. */
const POISONED_DELIVERIES = 12;
const RANK: Record<TaskStatus, number> = { queued: 0, running: 1, completed: 2, cancelled: 2, failed: 2 };

/** A task of the schedule, and what its client knows of it. */
export interface WatchedTask {
  id: string;
  plan: TaskPlan;
  parentId: string | null;
  seen: TaskProgress | null;
  cancelAnswer: number | null;
}

/** One schedule: the plan's tasks, from the upload to the last webhook, under the plan's faults. */
export class ScheduleRun {
  readonly plan: Plan;
  readonly trace: string[] = [];
  readonly tasks: WatchedTask[] = [];
  /** What was seen that must not be. */
  readonly violations: string[] = [];
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: FaultyNetwork;
  readonly queue: SimulatedQueue;
  readonly services: Services = buildServices(env);
  readonly world: World;
  #calls = 0;
  #kills = 0;
  #poisoned = 0;
  #nextCron = 0;
  readonly #evictions: number[];

  private constructor(plan: Plan, world: World, name: string) {
    this.plan = plan;
    this.world = world;
    this.random = new Random(`the course of ${name}`);
    const { random, clock, trace } = this;
    this.network = new FaultyNetwork(plan, { random, clock, trace, name });
    this.queue = new SimulatedQueue(plan, { random, clock, trace });
    this.#evictions = [...plan.evictions].sort((a, b) => a - b);
  }

  static async begin(plan: Plan, name: string): Promise<ScheduleRun> {
    await resetGates();
    const run = new ScheduleRun(plan, await mintWorld(), name);
    run.clock.install();
    run.network.install();
    run.queue.install();
    vi.spyOn(Math, "random").mockImplementation(() => run.random.next());
    vi.spyOn(run.services.log, "event").mockImplementation((name, fields) => {
      const { error } = fields;
      if (error !== undefined && error !== null) run.#note(`  ${name}: ${String(error)}`);
    });
    await run.#listen();
    return run;
  }

  #note(what: string): void {
    this.trace.push(`${this.clock.stamp()} ${what}`);
  }

  #arm(armed: boolean): void {
    this.network.armed = armed;
    this.queue.armed = armed;
  }

  async #listen(): Promise<void> {
    const events = ["task.completed", "task.failed"];
    if (this.plan.listensToCompanies) events.push("company.enriched");
    const response = await this.#post(
      "/api/v2/webhooks",
      JSON.stringify({ url: this.network.receiverUrl, events }),
    );
    if (response.status !== 201) throw new Error(`webhook: ${response.status} ${await response.text()}`);
    const { secret } = await response.json<{ secret: string }>();
    this.network.secret = secret;
  }

  async #post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    const type = { "content-type": "application/json" };
    return this.world.request(path, { method: "POST", body, headers: { ...type, ...headers } });
  }

  /** As a client does it: the same request, with the same key, until it is answered for good. */
  async #insist(path: string, body: string, headers: Record<string, string>): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#post(path, body, headers);
      this.#note(`POST ${path} → ${response.status}`);
      const problem = response.ok ? null : await response.clone().json<{ code: string }>();
      const passing = response.status >= 500 || problem?.code === "idempotency.in_flight";
      if (!passing || attempt === MOST_TRIES) return response;
      this.clock.pass(10_000);
    }
  }

  /** Everything up to the last consequence. */
  async complete(): Promise<void> {
    this.#arm(true);
    for (const plan of this.plan.tasks) await this.#upload(plan);
    this.#nextCron = this.clock.now() + CRON_MS;
    await this.#drain();
    await this.#retryFailed();
    await this.#drain();
    this.#arm(false);
    // Past what settles reservations, then past what deletes uploads.
    for (const minutes of [20, 130]) {
      await this.network.settled();
      this.clock.pass(minutes * 60_000);
      await this.#cron();
      await this.#drain();
    }
    await this.services.audit.poke(this.world.organisationId);
    await this.network.settled();
  }

  async #upload(plan: TaskPlan): Promise<void> {
    const path = `/api/v2/scraping/batch-async?sources=${plan.sources.join(",")}`;
    const key = `upload ${this.tasks.length}`;
    const response = await this.#insist(path, plan.csv, {
      "content-type": "text/csv",
      "idempotency-key": key,
    });
    if (response.status !== 202) throw new Error(`upload: ${response.status} ${await response.text()}`);
    const { task_id } = await response.json<{ task_id: string }>();
    this.tasks.push({ id: task_id, plan, parentId: null, seen: null, cancelAnswer: null });
  }

  async #retryFailed(): Promise<void> {
    for (const parent of this.tasks.filter(({ plan }) => plan.retried)) {
      const path = `/api/v2/tasks/${parent.id}/retry`;
      const response = await this.#insist(path, "{}", { "idempotency-key": `retry ${parent.id}` });
      if (response.status === 409) continue;
      if (response.status !== 202) throw new Error(`retry: ${response.status} ${await response.text()}`);
      const { task_id } = await response.json<{ task_id: string }>();
      const plan = { ...parent.plan, cancelAfter: null, retried: false };
      this.tasks.push({ id: task_id, plan, parentId: parent.id, seen: null, cancelAnswer: null });
    }
  }

  /** Until nothing is on its way, and nothing waits to be. */
  async #drain(): Promise<void> {
    for (let round = 0; ; round++) {
      if (round === MOST_ROUNDS) throw new Error(`not over after ${MOST_ROUNDS} rounds`);
      await this.#cancelDue(round);
      const batches = this.#handBatches();
      if (batches.length > 0) {
        await Promise.all(batches.map(async (batch) => this.#deliver(batch)));
        await this.#observe();
      } else if (!(await this.#waitForNext())) {
        return;
      }
    }
  }

  #handBatches(): Handed[][] {
    if (this.clock.now() >= this.#nextCron) return [];
    const consumers = this.random.int(1, this.plan.consumers);
    return Array.from({ length: consumers }, () => this.queue.hand()).filter(({ length }) => length > 0);
  }

  /** false: there is nothing to wait for. */
  async #waitForNext(): Promise<boolean> {
    const { nextAt } = this.queue;
    if (nextAt === null || nextAt > this.#nextCron) {
      const open = await this.network.calm(async () => this.#openWork());
      if (nextAt === null && !open.tasks && !open.deliveries) return false;
      // With nothing to be found the schedule runs in vain until the next message.
      if (nextAt !== null && !open.tasks) this.clock.reach(nextAt - CRON_MS);
    }
    this.clock.reach(Math.min(nextAt ?? Number.POSITIVE_INFINITY, this.#nextCron));
    if (this.clock.now() >= this.#nextCron) await this.#cron();
    return true;
  }

  async #openWork(): Promise<{ tasks: boolean; deliveries: boolean }> {
    const [found] = await this.world.database.query(
      `select exists (select from tasks where organisation_id = $1 and status in ('queued', 'running')) as tasks,
         exists (select from webhook_deliveries d join webhook_events v on v.id = d.event_id
           where v.organisation_id = $1 and d.status = 'pending') as deliveries`,
      [this.world.organisationId],
    );
    return { tasks: found?.["tasks"] === true, deliveries: found?.["deliveries"] === true };
  }

  async #cron(): Promise<void> {
    this.#nextCron = this.clock.now() + CRON_MS;
    const end = await runScheduled(this.services, CRON, () => undefined).then(
      () => "",
      (error: unknown) => `: ${error instanceof AggregateError ? error.errors.join(", ") : String(error)}`,
    );
    this.#note(`cron${end}`);
  }

  async #cancelDue(round: number): Promise<void> {
    for (const task of this.tasks) {
      if (task.plan.cancelAfter === null || round < task.plan.cancelAfter || task.cancelAnswer !== null)
        continue;
      const { status } = await this.#post(`/api/v2/tasks/${task.id}/cancel`, "{}");
      task.cancelAnswer = status;
      this.#note(`cancel ${task.id} → ${status}`);
    }
  }

  async #deliver(batch: Handed[]): Promise<void> {
    const life = this.#drawLife(batch);
    const messages = { queue: batch[0]?.letter.queue ?? "", messages: batch.map(messageOf) };
    await consume(mortalServices(this.services, life), messages, () => undefined).catch((error: unknown) => {
      if (!life.dead) throw error;
    });
    const end = life.dead ? `killed in call ${life.calls}` : "";
    for (const { letter, verdict } of batch)
      this.#note(`${describe(letter.body)} (${letter.attempts}) ${verdict?.kind ?? "-"} ${end}`);
    this.queue.settle(batch, life.dead);
  }

  #drawLife(batch: Handed[]): Life {
    const { poison, killRate, mostKills } = this.plan;
    const poisoned =
      (poison === "task.chunk" || this.#poisoned < POISONED_DELIVERIES) &&
      batch.some(
        ({ letter }) => QueueMessage.parse(letter.body).type === poison && letter.queue !== "dead-letter",
      );
    if (poisoned) this.#poisoned += 1;
    const unlucky = this.queue.armed && this.#kills < mostKills && this.random.chance(killRate);
    if (unlucky) this.#kills += 1;
    const reach = poisoned ? 3 : this.random.pick([4, 12, 40]);
    return {
      diesAt: poisoned || unlucky ? this.random.int(1, reach) : null,
      lastTakesEffect: this.random.chance(0.5),
      calls: 0,
      dead: false,
      onCall: async (name) => {
        await this.#evictDue();
        await this.#dawdle(name);
      },
    };
  }

  /** Long enough for another consumer to overtake: what he reports then is newer. */
  async #dawdle(call: string): Promise<void> {
    const { slowRate } = this.plan;
    const rate = call === "report" && slowRate > 0 ? 0.5 : slowRate;
    if (this.queue.armed && this.random.chance(rate)) await this.clock.pause(this.random.int(1, 25));
  }

  async #evictDue(): Promise<void> {
    this.#calls += 1;
    const due = this.#evictions[0];
    if (due === undefined || this.#calls < due || !this.queue.armed) return;
    this.#evictions.shift();
    this.#note("all objects are evicted");
    await abortAllDurableObjects();
    this.network.forgetActive();
  }

  /** Progress as its readers see it: never back. */
  async #observe(): Promise<void> {
    await this.network.calm(async () => {
      for (const task of this.tasks) await this.look(task);
    });
  }

  /** What a schedule that failed leaves open would be the next one's. */
  async abandon(): Promise<void> {
    this.#arm(false);
    for (const table of ["tasks", "webhook_events", "audit_outbox"])
      await this.world.database.query(`delete from ${table} where organisation_id = $1`, [
        this.world.organisationId,
      ]);
  }

  async look(task: WatchedTask): Promise<TaskProgress> {
    const progress = await this.services.jobs.progress.read(this.world.organisationId, task.id);
    if (progress === null) throw new Error(`nothing is known of ${task.id}`);
    const { seen } = task;
    task.seen = progress;
    if (seen === null) return progress;
    const back = [
      ...(progress.seq < seen.seq ? [`seq ${seen.seq} → ${progress.seq}`] : []),
      ...(RANK[progress.status] < RANK[seen.status] ? [`${seen.status} → ${progress.status}`] : []),
      ...(isTerminal(seen.status) && progress.status !== seen.status ? ["another end"] : []),
      ...OUTCOMES.filter((outcome) => progress.counts[outcome] < seen.counts[outcome]).map(
        (outcome) => `${outcome} ${seen.counts[outcome]} → ${progress.counts[outcome]}`,
      ),
    ];
    if (back.length > 0)
      this.violations.push(`${this.clock.stamp()} ${task.id} went back: ${back.join(", ")}`);
    return progress;
  }
}

/** Stores the companies that every schedule may name. */
export async function storeKnownCompanies(): Promise<void> {
  const { organisationId } = await mintWorld();
  const origin = { address: null, userAgent: null, requestId: null };
  const requester = { organisationId, actor: { kind: "system", id: null }, origin } as const;
  const { flights } = buildServices(env);
  await inTurns(KNOWN_SIRENS, 10, async (siren) => {
    const sources = ["recherche_entreprises" as const, "bodacc" as const, "pappers" as const];
    await flights.refresh({ siren, sources, maxAgeMs: null, requester, patience: "batch" });
  });
}
