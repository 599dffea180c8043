import { StorageUnavailable } from "../../domain/enrichment/errors.ts";
import { FileDamaged } from "../../domain/exports/errors.ts";
import type { ExportFiles as Files, FileHead, FilePart, Upload } from "../../domain/exports/ports.ts";
import { hex } from "../../lib/hex.ts";
import { bucketSpan } from "./bucket-span.ts";
import { searchOld } from "./search-old.ts";

const PREFIX = "exports/v1/";
/** Up to where the last search for old objects came, when it did not come to the end. */
const PLACE = "exports-searched/v1/place";
/** Of R2: there is no such upload; a part is missing or another one; parts are too small; parts differ in size. */
const NO_UPLOAD = "10024";
const REFUSED = ["10025", "10011", "10048"];

/** R2 says what went wrong in digits at the end of its message. */
function codeOf(error: unknown): string | null {
  return (error instanceof Error ? /\((\d+)\)$/.exec(error.message)?.[1] : null) ?? null;
}

async function reach<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await bucketSpan("exports", work);
  } catch (error) {
    const code = codeOf(error);
    const damaged = code !== null && (code === NO_UPLOAD || REFUSED.includes(code));
    throw damaged ? new FileDamaged(error) : new StorageUnavailable(error);
  }
}

function metadata({ contentType, fileName }: FileHead): { httpMetadata: R2HTTPMetadata } {
  return { httpMetadata: { contentType, contentDisposition: `attachment; filename="${fileName}"` } };
}

/** The files of exports, in R2. */
export class ExportFiles implements Files {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  async begin(key: string, head: FileHead): Promise<string> {
    const upload = await reach(async () => this.#bucket.createMultipartUpload(key, metadata(head)));
    return upload.uploadId;
  }

  async putPart({ key, uploadId }: Upload, number: number, bytes: Uint8Array): Promise<string> {
    const upload = this.#bucket.resumeMultipartUpload(key, uploadId);
    return (await reach(async () => upload.uploadPart(number, bytes))).etag;
  }

  async join({ key, uploadId }: Upload, parts: FilePart[]): Promise<void> {
    const upload = this.#bucket.resumeMultipartUpload(key, uploadId);
    const named = parts.map(({ number, etag }) => ({ partNumber: number, etag }));
    await reach(async () => {
      try {
        await upload.complete(named);
      } catch (error) {
        // An upload that was joined before is there no more: then its object is.
        if (codeOf(error) !== NO_UPLOAD || (await this.#bucket.head(key)) === null) throw error;
      }
    });
  }

  async abort({ key, uploadId }: Upload): Promise<void> {
    const upload = this.#bucket.resumeMultipartUpload(key, uploadId);
    await reach(async () => {
      try {
        await upload.abort();
      } catch (error) {
        if (codeOf(error) !== NO_UPLOAD) throw error;
      }
    });
  }

  async put(key: string, bytes: Uint8Array, head: FileHead): Promise<void> {
    await reach(async () => this.#bucket.put(key, bytes, metadata(head)));
  }

  async putCarry(key: string, bytes: Uint8Array): Promise<void> {
    await reach(async () => this.#bucket.put(key, bytes));
  }

  async readCarry(key: string): Promise<Uint8Array> {
    const found = await reach(async () => (await this.#bucket.get(key))?.bytes());
    if (found === undefined) throw new FileDamaged();
    return found;
  }

  async measure(key: string): Promise<{ bytes: number; digest: string } | null> {
    return reach(async () => {
      const found = await this.#bucket.get(key);
      if (found === null) return null;
      const stream = new crypto.DigestStream("SHA-256");
      const [digest] = await Promise.all([stream.digest, found.body.pipeTo(stream)]);
      return { bytes: Number(stream.bytesWritten), digest: hex(digest) };
    });
  }

  async delete(keys: string | string[]): Promise<void> {
    await reach(async () => this.#bucket.delete(keys));
  }

  async deleteUnder(prefix: string): Promise<void> {
    await reach(async () => {
      for (;;) {
        const { objects, truncated } = await this.#bucket.list({ prefix });
        if (objects.length > 0) await this.#bucket.delete(objects.map(({ key }) => key));
        if (!truncated) return;
      }
    });
  }

  async olderThan(moment: string, atMost: number): Promise<string[]> {
    const search = { prefix: PREFIX, place: PLACE, before: Date.parse(moment), atMost };
    return reach(async () => searchOld(this.#bucket, search));
  }
}
