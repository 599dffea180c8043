import { SloShardsClient } from "../durable/slo-shards-client.ts";
import type { Base } from "./base.ts";

/** What runs, and how it stands with its surroundings and its objectives. */
export interface RuntimeServices {
  /** As the platform names the upload; all empty where nothing was uploaded. */
  build: { id: string; tag: string; timestamp: string };
  /** When this isolate served for the first time, ms. */
  startedAt: number;
  bucket: Pick<R2Bucket, "head">;
  slos: SloShardsClient;
}

export function buildRuntimeServices({ config, now }: Base, env: Env): RuntimeServices {
  const slos = new SloShardsClient(env.METRICS, config.observability.metricsShards);
  return { build: env.VERSION, startedAt: now(), bucket: env.UPLOADS, slos };
}
