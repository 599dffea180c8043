import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import type { UploadSink, UploadWriter } from "../../domain/jobs/intake/ports.ts";
import type { UploadStore as UploadReads } from "../../domain/jobs/ports.ts";
import { bucketSpan } from "./bucket-span.ts";
import { searchOld } from "./search-old.ts";

/** The least that a part of a multipart upload may have; all but the last have the same. */
const PART_BYTES = 5 * 1_024 * 1_024;
const PREFIX = "uploads/v1/";
/** Up to where the last search for old uploads came, when it did not come to the end. */
const PLACE = "uploads-searched/v1/place";
const JSON_LINES = { httpMetadata: { contentType: "application/x-ndjson" } };

async function reach<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await bucketSpan("uploads", work);
  } catch (error) {
    throw new StorageUnavailable(error);
  }
}

/** One part in memory at a time; what fits into one is put whole. */
class R2UploadWriter implements UploadWriter {
  readonly key: string;
  readonly #bucket: R2Bucket;
  readonly #encoder = new TextEncoder();
  readonly #part = new Uint8Array(PART_BYTES);
  #filled = 0;
  #bytes = 0;
  #multipart: R2MultipartUpload | null = null;
  #parts: R2UploadedPart[] = [];
  /** The object may exist although nobody said so. */
  #closing = false;

  constructor(bucket: R2Bucket, key: string) {
    this.#bucket = bucket;
    this.key = key;
  }

  async write(text: string): Promise<void> {
    const bytes = this.#encoder.encode(text);
    this.#bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + PART_BYTES - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === PART_BYTES) await this.#flush();
    }
  }

  async close(): Promise<number> {
    this.#closing = true;
    if (this.#multipart === null) {
      const whole = this.#part.subarray(0, this.#filled);
      await reach(async () => this.#bucket.put(this.key, whole, JSON_LINES));
      return this.#bytes;
    }
    if (this.#filled > 0) await this.#flush();
    const multipart = this.#multipart;
    await reach(async () => multipart.complete(this.#parts));
    return this.#bytes;
  }

  async abort(): Promise<void> {
    try {
      await this.#multipart?.abort();
      if (this.#closing) await this.#bucket.delete(this.key);
    } catch {
      // Parts expire by the bucket's rule for incomplete uploads, and an object that no task names by the reaper's.
    }
  }

  async #flush(): Promise<void> {
    const multipart = (this.#multipart ??= await reach(async () =>
      this.#bucket.createMultipartUpload(this.key, JSON_LINES),
    ));
    // A copy: the next part is written over this one.
    const bytes = this.#part.slice(0, this.#filled);
    this.#parts.push(await reach(async () => multipart.uploadPart(this.#parts.length + 1, bytes)));
    this.#filled = 0;
  }
}

/** Where rows wait to be split. `id`: of the task, or of one try to make it. */
function uploadKey(organisationId: string, id: string): string {
  return `${PREFIX}${organisationId}/${id}.jsonl`;
}

export class UploadStore implements UploadReads, UploadSink {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  open(organisationId: string, id: string): UploadWriter {
    return new R2UploadWriter(this.#bucket, uploadKey(organisationId, id));
  }

  async read(key: string, offset: number, length: number): Promise<Uint8Array | null> {
    return reach(async () => {
      const found = await this.#bucket.get(key, { range: { offset, length } });
      return found === null ? null : found.bytes();
    });
  }

  async delete(key: string): Promise<void> {
    await reach(async () => this.#bucket.delete(key));
  }

  async olderThan(moment: string, atMost: number): Promise<string[]> {
    const search = { prefix: PREFIX, place: PLACE, before: Date.parse(moment), atMost };
    return reach(async () => searchOld(this.#bucket, search));
  }
}
