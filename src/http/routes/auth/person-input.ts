import { z } from "@hono/zod-openapi";
import {
  MAX_BYTES,
  MIN_CHARACTERS,
  type PasswordList,
  passwordFault,
  passwordShapeFault,
} from "../../../domain/accounts/password-rule.ts";
import { RequestInvalid } from "../../request-invalid.ts";

const MAX_EMAIL = 254;
const EXAMPLE_PASSWORD = "trois tortues et un piano";
const Address = z.email();

/** Of a person or an organisation: one line of ordinary text. */
export const NameInput = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    if (text.isWellFormed() && !/\p{Cc}/u.test(text)) return;
    context.addIssue({ code: "custom", message: "unreadable", params: { fault: "text.unreadable" } });
  });

/** Kept as typed, compared in lower case. */
export const EmailInput = z
  .string()
  .trim()
  .max(MAX_EMAIL)
  .superRefine((text, context) => {
    if (text.length > MAX_EMAIL || Address.safeParse(text).success) return;
    context.addIssue({ code: "custom", message: "address", params: { fault: "email.invalid" } });
  })
  .openapi({ type: "string", format: "email", maxLength: MAX_EMAIL, example: "marie@exemple.fr" });

/** A password that is checked against what is stored. */
export const PasswordInput = z
  .string()
  .min(1)
  .superRefine((password, context) => {
    const fault = passwordShapeFault(password);
    if (fault === null || fault === "password.too_short") return;
    context.addIssue({ code: "custom", message: fault, params: { fault } });
  })
  .openapi({ type: "string", format: "password", example: EXAMPLE_PASSWORD });

/** A password that will be stored; the handler also calls `ensureHardToGuess`. */
export const NewPasswordInput = z
  .string()
  .superRefine((password, context) => {
    const fault = passwordShapeFault(password);
    if (fault !== null) context.addIssue({ code: "custom", message: fault, params: { fault } });
  })
  .openapi({
    type: "string",
    format: "password",
    minLength: MIN_CHARACTERS,
    example: EXAMPLE_PASSWORD,
    description: `At least ${MIN_CHARACTERS} characters of any kind, at most ${MAX_BYTES} bytes of UTF-8; no common password, nor one that holds your address or your organisation's name.`,
  });

/** Refuses, naming `member` of the body, a new password that is guessed first. `names`: see `passwordFault`. */
export function ensureHardToGuess(
  list: PasswordList,
  password: string,
  { names, member }: { names: string[]; member: string },
): void {
  const fault = passwordFault(list, password, names);
  if (fault === null) return;
  throw new RequestInvalid([{ code: "custom", path: [member], message: fault, params: { fault } }], "body");
}
