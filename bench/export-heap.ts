import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { z } from "zod";

const EVERY_MS = 100;
/** It answers between two pieces of JavaScript. */
const ANSWER_MS = 60_000;
/** The isolates of the simulators have other names. */
const USER_WORKER = "core:user:";
const Targets = z.array(z.object({ id: z.string() }));
/** Bytes. The last two are of newer versions of V8. */
const HeapUsage = z.object({
  usedSize: z.number(),
  embedderHeapUsedSize: z.number().optional(),
  backingStorageSize: z.number().optional(),
});
const Reply = z.object({
  id: z.int(),
  result: z.unknown(),
  error: z.object({ message: z.string() }).optional(),
});

/** Bytes. */
export interface HeapPeak {
  /** Before there was anything to do. */
  idle: number;
  /** Highest sample: objects, the runtime's own and the contents of buffers, garbage included. */
  peak: number;
  /** Of the highest sample, what are contents of buffers. */
  peakBuffers: number;
  samples: number;
}

/** Samples the memory of one isolate, by the inspector of workerd, until it is stopped. */
export class HeapWatch {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: z.infer<typeof Reply> | Error) => void>();
  readonly #stopped = new AbortController();
  #lastId = 0;
  #peak: HeapPeak = { idle: 0, peak: 0, peakBuffers: 0, samples: 0 };
  #loop: Promise<void> = Promise.resolve();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(z.string().parse(data)));
    socket.on("error", (error) => this.#giveUp(error));
    socket.on("close", () => this.#giveUp(new Error("the inspector closed the connection")));
  }

  static async start(inspector: URL): Promise<HeapWatch> {
    const response = await fetch(`http://${inspector.host}/json`);
    const targets = Targets.parse(await response.json());
    const [target, ...others] = targets.filter(({ id }) => id.startsWith(USER_WORKER));
    if (target === undefined || others.length > 0) {
      throw new Error(`which of these is the Worker? ${targets.map(({ id }) => id).join(", ")}`);
    }
    const socket = new WebSocket(`ws://${inspector.host}/${target.id}`);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    const watch = new HeapWatch(socket);
    watch.#peak.idle = (await watch.#sample()).total;
    watch.#loop = watch.#watch();
    // Whoever stops it is told.
    watch.#loop.catch(() => undefined);
    return watch;
  }

  async stop(): Promise<HeapPeak> {
    this.#stopped.abort();
    try {
      await this.#loop;
    } finally {
      this.#socket.close();
    }
    return this.#peak;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const { total, buffers } = await this.#sample();
      this.#peak.samples += 1;
      if (total > this.#peak.peak) Object.assign(this.#peak, { peak: total, peakBuffers: buffers });
      await sleep(EVERY_MS);
    }
  }

  async #sample(): Promise<{ total: number; buffers: number }> {
    const usage = HeapUsage.parse(await this.#call("Runtime.getHeapUsage"));
    const { usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage;
    return { total: usedSize + embedderHeapUsedSize + backingStorageSize, buffers: backingStorageSize };
  }

  async #call(method: string): Promise<unknown> {
    const id = ++this.#lastId;
    const timer = setTimeout(
      () => this.#giveUp(new Error(`the inspector does not answer ${method}`)),
      ANSWER_MS,
    );
    const reply = await new Promise<z.infer<typeof Reply>>((resolve, reject) => {
      this.#waiting.set(id, (given) => (given instanceof Error ? reject(given) : resolve(given)));
      this.#socket.send(JSON.stringify({ id, method }));
    }).finally(() => clearTimeout(timer));
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`);
    return reply.result;
  }

  /** Events have no id. */
  #receive(text: string): void {
    const reply = Reply.safeParse(JSON.parse(text));
    if (!reply.success) return;
    this.#waiting.get(reply.data.id)?.(reply.data);
    this.#waiting.delete(reply.data.id);
  }

  #giveUp(error: Error): void {
    for (const settle of this.#waiting.values()) settle(error);
    this.#waiting.clear();
  }
}
