import { z } from "zod";

const Answer = z.object({ data: z.unknown() });
const Sample = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.coerce.number()]),
});
const Series = z.object({
  metric: z.record(z.string(), z.string()),
  values: z.array(z.tuple([z.number(), z.coerce.number()])),
});
const Target = z.object({
  health: z.string(),
  lastError: z.string(),
});
const Group = z.object({
  name: z.string(),
  rules: z.array(z.object({ name: z.string(), health: z.string(), lastError: z.string().optional() })),
});

export type Labels = Record<string, string>;

/** Prometheus's HTTP API, as far as we ask it. */
export class PrometheusApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async ready(): Promise<boolean> {
    const response = await fetch(`${this.#url}/-/ready`).catch(() => null);
    return response?.ok ?? false;
  }

  /** Each series' value at this moment. */
  async query(query: string): Promise<{ labels: Labels; value: number }[]> {
    const found = await this.#ask(
      `query?query=${encodeURIComponent(query)}`,
      z.object({ result: z.array(Sample) }),
    );
    return found.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
  }

  /** The stored samples themselves of a range selector such as `up[5m]`, with the instants in seconds. */
  async samples(query: string): Promise<{ labels: Labels; at: number[] }[]> {
    const found = await this.#ask(
      `query?query=${encodeURIComponent(query)}`,
      z.object({ result: z.array(Series) }),
    );
    return found.result.map(({ metric, values }) => ({ labels: metric, at: values.map(([at]) => at) }));
  }

  async targets(): Promise<z.infer<typeof Target>[]> {
    return (await this.#ask("targets?state=active", z.object({ activeTargets: z.array(Target) })))
      .activeTargets;
  }

  async ruleGroups(): Promise<z.infer<typeof Group>[]> {
    return (await this.#ask("rules", z.object({ groups: z.array(Group) }))).groups;
  }

  async #ask<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.infer<Shape>> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    if (!response.ok)
      throw new Error(`Prometheus answers ${response.status} to ${path}: ${await response.text()}`);
    return shape.parse(Answer.parse(await response.json()).data);
  }
}
