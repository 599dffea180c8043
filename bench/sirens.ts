import { reservedOutcomeOf } from "../local/sandbox/world/reserved.ts";
import { withCheckDigit } from "../local/sandbox/world/identifiers.ts";

/** Valid SIRENs, never the same twice, spread over the numbers the register gives; the same in every run. */
export class SirenSequence {
  #next = 0;

  take(count: number): string[] {
    return Array.from({ length: count }, () => this.#one());
  }

  #one(): string {
    // A step that shares no factor with the range visits each number once.
    const siren = withCheckDigit(String(30_000_000 + ((this.#next++ * 7_654_321) % 60_000_000)));
    return reservedOutcomeOf(siren) === null ? siren : this.#one();
  }
}
