import type { Services } from "../../src/services.ts";

/** How long a consumer lives. */
export interface Life {
  /** The call to the outside in which it dies; null: it doesn't. */
  diesAt: number | null;
  /** Whether that call has its effect. */
  lastTakesEffect: boolean;
  calls: number;
  dead: boolean;
  /** Before each call takes effect, which may be a while. */
  onCall: (name: string) => Promise<void>;
}

export class Killed extends Error {}

/**
 * Services of a consumer that may be killed at any of its calls to the outside. Whatever it still does afterwards is
 * without effect; what it had begun elsewhere goes on there.
 */
export function mortalServices(services: Services, life: Life): Services {
  const step = <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (life.dead) throw new Killed();
      const last = life.calls++ === life.diesAt;
      life.dead = last;
      if (last && !life.lastTakesEffect) throw new Killed();
      await life.onCall(name);
      const result = await call(...args);
      if (life.dead) throw new Killed();
      return result;
    };
  };
  const port = <Port extends object>(target: Port): Port =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? step(String(name), value.bind(target)) : value;
      },
    });
  const { jobs, webhooks, operations } = services;
  const { engine } = jobs;
  const { delivery } = webhooks;
  return {
    ...services,
    jobs: {
      ...jobs,
      deadLetters: port(jobs.deadLetters),
      engine: {
        ...engine,
        tasks: port(engine.tasks),
        queue: port(engine.queue),
        uploads: port(engine.uploads),
        board: port(engine.board),
        companies: port(engine.companies),
        flights: port(engine.flights),
        poke: step("poke", engine.poke),
      },
    },
    webhooks: {
      ...webhooks,
      delivery: {
        ...delivery,
        deliveries: port(delivery.deliveries),
        queue: port(delivery.queue),
        post: step("post", delivery.post),
        poke: step("poke", delivery.poke),
      },
    },
    operations: { ...operations, pauses: port(operations.pauses) },
  };
}
