import { RunningDigest } from "../../../auth/running-digest.ts";
import { uploadBytes, uploadKind } from "./upload-body.ts";

/**
 * SHA-256 of what a batch request sends: of the file alone, since the boundaries around it differ from try to try.
 * Reads the body to its end and keeps nothing of it; throws as `uploadBytes` and `uploadKind` do.
 */
export async function digestUpload(request: Request): Promise<string> {
  const digest = new RunningDigest();
  for await (const chunk of uploadBytes(request, uploadKind(request))) digest.update(chunk);
  return digest.hex();
}
