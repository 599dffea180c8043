import { carryPrefix, type EngineDeps, type EngineSize, fileKey } from "./engine.ts";
import { NotOurs } from "./errors.ts";
import type { ExportFiles, ExportWork, FilePart, Lease, WorkingExport } from "./ports.ts";

export interface DraftDeps extends Pick<EngineDeps, "writers"> {
  work: Pick<ExportWork, "saveUpload">;
  files: Pick<ExportFiles, "begin" | "putPart" | "abort" | "putCarry" | "readCarry">;
  size: Pick<EngineSize, "partBytes">;
}

/** Where the bytes of one step go: one part in memory, full parts in R2. */
export class FileDraft {
  readonly parts: FilePart[];
  /** Of this step's own bytes that did not fill a part. */
  readonly carryKey: string;
  readonly objectKey: string;
  /** Of the whole file so far. */
  bytes: number;
  readonly #deps: DraftDeps;
  readonly #made: WorkingExport;
  readonly #lease: Lease;
  readonly #part: Uint8Array;
  #filled = 0;
  #uploadId: string | null;

  constructor(deps: DraftDeps, made: WorkingExport, lease: Lease) {
    this.#deps = deps;
    this.#made = made;
    this.#lease = lease;
    this.#part = new Uint8Array(deps.size.partBytes);
    this.#uploadId = made.uploadId;
    this.parts = [...made.parts];
    this.bytes = made.bytes;
    // Of this claim alone: whoever does the step at the same time does not write over it.
    this.carryKey = `${carryPrefix(made.id)}${made.seq + 1}-${lease.id}`;
    this.objectKey = fileKey(made, deps.writers);
  }

  /** Takes up the bytes that the step before left. */
  async resume(): Promise<void> {
    if (this.#made.carryKey === null) return;
    const carried = await this.#deps.files.readCarry(this.#made.carryKey);
    this.#part.set(carried);
    this.#filled = carried.length;
  }

  async push(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#part.length) await this.#putPart();
    }
  }

  /** Stores what fills no part: `last`, as the short last part. The key of the carry; null: there is none. */
  async close(last: boolean): Promise<string | null> {
    if (last && this.#uploadId !== null && this.#filled > 0) await this.#putPart();
    if (this.#filled === 0) return null;
    await this.#deps.files.putCarry(this.carryKey, this.#part.subarray(0, this.#filled));
    return this.carryKey;
  }

  async #putPart(): Promise<void> {
    const upload = { key: this.objectKey, uploadId: (this.#uploadId ??= await this.#begin()) };
    const number = this.parts.length + 1;
    const etag = await this.#deps.files.putPart(upload, number, this.#part.subarray(0, this.#filled));
    this.parts.push({ number, etag });
    this.#filled = 0;
  }

  /** Its id is stored before its first part, so that whoever ends the export can abort it. */
  async #begin(): Promise<string> {
    const { work, files, writers } = this.#deps;
    const key = this.objectKey;
    const { contentType, extension } = writers[this.#made.format];
    const uploadId = await files.begin(key, { contentType, fileName: `${this.#made.id}.${extension}` });
    if (await work.saveUpload(this.#lease, { uploadId, objectKey: key })) return uploadId;
    await files.abort({ key, uploadId });
    throw new NotOurs();
  }
}
