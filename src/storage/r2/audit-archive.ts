import { Anchor } from "../../domain/audit/anchor.ts";
import type { AnchorArchive } from "../../domain/audit/ports.ts";
import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import { bucketSpan } from "./bucket-span.ts";

const DIGITS = 16;

function prefixOf(organisationId: string): string {
  return `audit/v1/${organisationId}/`;
}

/** Zero-padded: the order of names is the order of numbers. */
function keyOf(organisationId: string, to: number): string {
  return `${prefixOf(organisationId)}${String(to).padStart(DIGITS, "0")}.json`;
}

async function reach<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await bucketSpan("audit", work);
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}

function parse(text: string): Anchor | "unreadable" {
  try {
    const parsed = Anchor.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : "unreadable";
  } catch {
    return "unreadable";
  }
}

/** Anchors as objects of a bucket; none is ever written twice. */
export class AuditArchive implements AnchorArchive {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async create(anchor: Anchor): Promise<boolean> {
    const key = keyOf(anchor.organisation_id, anchor.to);
    const options = {
      onlyIf: { etagDoesNotMatch: "*" },
      httpMetadata: { contentType: "application/json" },
    };
    return reach(async () => (await this.#bucket.put(key, JSON.stringify(anchor), options)) !== null);
  }

  async load(organisationId: string, to: number): Promise<Anchor | "unreadable" | null> {
    const text = await reach(async () => (await this.#bucket.get(keyOf(organisationId, to)))?.text());
    return text === undefined ? null : parse(text);
  }

  async list(organisationId: string, from: number, limit: number): Promise<number[]> {
    const prefix = prefixOf(organisationId);
    const startAfter = keyOf(organisationId, from - 1);
    const { objects } = await reach(async () => this.#bucket.list({ prefix, startAfter, limit }));
    return objects
      .map(({ key }) => /^(\d{16})\.json$/.exec(key.slice(prefix.length))?.[1])
      .flatMap((digits) => (digits === undefined ? [] : Number(digits)));
  }
}
