import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import type { ByteRange } from "../../lib/byte-range.ts";
import { bucketSpan } from "./bucket-span.ts";

async function reach<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await bucketSpan("exports", work);
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}

/** Finished files of exports, as downloads read them. Throws `StorageUnavailable`. */
export class ExportDownloads {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async exists(key: string): Promise<boolean> {
    return (await reach(async () => this.#bucket.head(key))) !== null;
  }

  /** null: there is no such file any more. A stream that ends too early fails. */
  async open(key: string, range: ByteRange): Promise<ReadableStream | null> {
    // An empty range is an error to R2, and an empty file has no other.
    const options = range.length === 0 ? {} : { range };
    const found = await reach(async () => this.#bucket.get(key, options));
    return found === null ? null : found.body.pipeThrough(new FixedLengthStream(range.length));
  }
}
