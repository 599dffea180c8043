import type { Metric } from "./metric-types.ts";
import { PLATFORM_METRICS } from "./platform-metrics.ts";
import { PRODUCT_METRICS } from "./product-metrics.ts";

/** Every metric there is: dashboards, alert rules and docs/metrics.md are tested against it. */
export const METRICS = { ...PLATFORM_METRICS, ...PRODUCT_METRICS } as const satisfies Record<string, Metric>;

export type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;
export type NameOf<Type extends Metric["type"]> = {
  [Name in MetricName]: Metrics[Name]["type"] extends Type ? Name : never;
}[MetricName];

/** Made of a histogram: nobody counts them. */
type Derived = {
  [Name in MetricName]: Metrics[Name] extends { counter: infer Counter } ? Counter : never;
}[MetricName];
export type CountedName = Exclude<NameOf<"counter">, Derived>;

/** What has to be said of each label: any text, which the buffer bounds. */
export type LabelsOf<Name extends MetricName> = { [Label in keyof Metrics[Name]["labels"]]: string };
