import { z } from "@hono/zod-openapi";
import { normaliseBackupCode } from "../../../auth/backup-code.ts";
import type { Proof } from "../../../domain/accounts/two-factor/spend-code.ts";

/** Six digits, as an app shows them: spaces between them are left out. */
export const CodeInput = z
  .string()
  .transform((text, context) => {
    const code = text.replaceAll(/\s/g, "");
    if (/^\d{6}$/.test(code)) return code;
    const fault = /^\d*$/.test(code) ? "code.length" : "code.characters";
    context.addIssue({ code: "custom", message: fault, params: { fault } });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "The 6 digits that the app shows", example: "012345" });

export const BackupCodeInput = z
  .string()
  .transform((text, context) => {
    const code = normaliseBackupCode(text);
    if (code !== null) return code;
    const fault = "code.backup_shape";
    context.addIssue({ code: "custom", message: fault, params: { fault } });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "One that was not used yet", example: "7k2pq-x04mz" });

export const ProofInput = { code: CodeInput.optional(), backup_code: BackupCodeInput.optional() };

interface ProofBody {
  code?: string | undefined;
  backup_code?: string | undefined;
}

export function demandOneProof(body: ProofBody, context: z.RefinementCtx): void {
  if ((body.code === undefined) !== (body.backup_code === undefined)) return;
  const fault = "code.one_proof";
  context.addIssue({ code: "custom", path: [], message: fault, params: { fault } });
}

/** Of a body that `demandOneProof` let through. */
export function proofOf({ code = "", backup_code }: ProofBody): Proof {
  return backup_code === undefined ? { code } : { backupCode: backup_code };
}

export const ONE_PROOF = [{ required: ["code"] }, { required: ["backup_code"] }];
