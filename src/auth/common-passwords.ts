import { dictionary } from "@zxcvbn-ts/language-common";
import type { PasswordList } from "../domain/accounts/password-rule.ts";

/** The 49,000 passwords that leaks hold most often; the index is built when the first one is asked for. */
export class CommonPasswords implements PasswordList {
  #words: ReadonlySet<string> | null = null;

  has(folded: string): boolean {
    this.#words ??= new Set(dictionary["passwords-common"]);
    return this.#words.has(folded);
  }
}
