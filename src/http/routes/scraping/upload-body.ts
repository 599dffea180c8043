import { make, type MultipartError } from "multipasta";
import { MAX_UPLOAD_BYTES } from "../../../domain/jobs/task.ts";
import { RequestInvalid, RequestRefused } from "../../request-invalid.ts";

export const CSV_TYPES = ["text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"] as const;
export const UPLOAD_TYPES = [...CSV_TYPES, "multipart/form-data", "application/json"] as const;

export type UploadKind = "csv" | "multipart" | "json";

/** Of a list: 100,000 identifiers, however they are written. It is read whole, unlike a file. */
export const MAX_LIST_BYTES = 4_000_000;
/** Boundaries, headers and small fields around the file. */
const MULTIPART_ROOM = 65_536;
const MOST_PARTS = 20;

const LIMITS: Record<UploadKind, number> = {
  csv: MAX_UPLOAD_BYTES,
  multipart: MAX_UPLOAD_BYTES + MULTIPART_ROOM,
  json: MAX_LIST_BYTES,
};

function unsupported(): RequestRefused {
  const headers = { accept: UPLOAD_TYPES.join(", "), "accept-encoding": "identity" };
  return new RequestRefused("request.unsupported_media_type", headers, { accepted_types: [...UPLOAD_TYPES] });
}

/** Throws `RequestRefused` for a type, or a compression, that is not taken. */
export function uploadKind(request: Request): UploadKind {
  const [essence = ""] = (request.headers.get("content-type") ?? "").toLowerCase().split(";");
  const encoding = request.headers.get("content-encoding") ?? "identity";
  const type = UPLOAD_TYPES.find((one) => one === essence.trim());
  if (type === undefined || encoding.toLowerCase() !== "identity") throw unsupported();
  if (type === "application/json") return "json";
  return type === "multipart/form-data" ? "multipart" : "csv";
}

function tooLarge(kind: UploadKind): RequestRefused {
  const limit_bytes = kind === "json" ? MAX_LIST_BYTES : MAX_UPLOAD_BYTES;
  return new RequestRefused("request.too_large", {}, { limit_bytes });
}

/** Refuses what is declared too large before one byte of it is read. */
export function ensureDeclaredSize(request: Request, kind: UploadKind): void {
  if (Number(request.headers.get("content-length") ?? 0) > LIMITS[kind]) throw tooLarge(kind);
}

function invalidPart(path: string[], fault: string): RequestInvalid {
  const issue = { code: "custom", path, message: fault, params: { fault }, input: undefined } as const;
  return new RequestInvalid([issue], "body");
}

/**
 * Reads on past what was refused: an answer in the middle of a body can cost the client its connection, and does cost
 * `wrangler dev` its own. Who then sends as much as two more files is cut off.
 */
async function discardRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  let room = 2 * LIMITS.multipart;
  try {
    while (room >= 0) {
      const { done, value } = await reader.read();
      if (done) return;
      room -= value.length;
    }
    await reader.cancel();
  } catch {
    // It broke off: nothing more comes.
  }
}

/** The body as it comes, if it is no larger than `kind` may be and does not break off. */
async function* bodyChunks(request: Request, kind: UploadKind): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw invalidPart([], "batch.body_cut");
      });
      if (done) return;
      bytes += value.length;
      if (bytes > LIMITS[kind]) throw tooLarge(kind);
      yield value;
    }
  } finally {
    await discardRest(reader);
  }
}

const FIELD = "file";

/** What the parser saw since it was last asked. */
class FilePart {
  readonly #parser: ReturnType<typeof make>;
  #pieces: Uint8Array[] = [];
  #files = 0;
  #fault: RequestInvalid | null = null;
  #done = false;

  constructor(contentType: string) {
    this.#parser = make({
      headers: { "content-type": contentType },
      isFile: ({ name, filename }) => name === FIELD || filename !== undefined,
      maxParts: MOST_PARTS,
      maxFieldSize: MULTIPART_ROOM,
      onField: ({ name }) => this.#refuse(invalidPart([name.slice(0, 60)], "batch.field_unknown")),
      onFile: ({ name }) => {
        if (name !== FIELD) this.#refuse(invalidPart([name.slice(0, 60)], "batch.field_unknown"));
        this.#files += 1;
        if (this.#files > 1) this.#refuse(invalidPart([FIELD], "batch.one_file"));
        return (chunk) => {
          if (chunk !== null) this.#pieces.push(chunk);
        };
      },
      onError: (error: MultipartError) => {
        const fault = error._tag === "EndNotReached" ? "batch.body_cut" : "batch.multipart_malformed";
        this.#refuse(invalidPart([], fault));
      },
      onDone: () => {
        this.#done = true;
      },
    });
  }

  /** The bytes of the file among these. Throws `RequestInvalid`. */
  write(chunk: Uint8Array): Uint8Array[] {
    this.#parser.write(chunk);
    return this.#take();
  }

  end(): Uint8Array[] {
    this.#parser.end();
    if (!this.#done) this.#refuse(invalidPart([], "batch.body_cut"));
    if (this.#files === 0) this.#refuse(invalidPart([FIELD], "batch.file_missing"));
    return this.#take();
  }

  /** The first fault explains the others. */
  #refuse(fault: RequestInvalid): void {
    this.#fault ??= fault;
  }

  #take(): Uint8Array[] {
    if (this.#fault !== null) throw this.#fault;
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }
}

async function* filePart(request: Request): AsyncGenerator<Uint8Array> {
  const part = new FilePart(request.headers.get("content-type") ?? "");
  for await (const chunk of bodyChunks(request, "multipart")) yield* part.write(chunk);
  yield* part.end();
}

/**
 * The bytes of the file, wherever the body has it, as they arrive. Throws `RequestRefused` for a body that is too
 * large or breaks off, `RequestInvalid` for a form without the file.
 */
export function uploadBytes(request: Request, kind: UploadKind): AsyncIterable<Uint8Array> {
  return kind === "multipart" ? filePart(request) : bodyChunks(request, kind);
}
