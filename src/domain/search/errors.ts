/** A search, a list or an export that can't be done as asked; worded in `src/http/discovery-problems.ts`. */
export class DiscoveryRefused extends Error {
  readonly code:
    | "search.too_slow"
    | "lists.name_taken"
    | "lists.full"
    | "lists.too_many"
    | "notes.too_many"
    | "notes.not_author"
    | "exports.too_large_for_sync"
    | "exports.too_many"
    | "exports.not_cancellable"
    | "exports.link_refused"
    | "exports.link_expired";

  constructor(code: DiscoveryRefused["code"]) {
    super(code);
    this.code = code;
  }
}
