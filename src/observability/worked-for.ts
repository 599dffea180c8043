import { currentWork } from "./work.ts";

/** Says in the line about a message for whom it is worked: known once what it names was loaded. */
export function workedFor(organisationId: string): void {
  const work = currentWork();
  // A request is its caller's, and a job is nobody's, whatever they load.
  if (work?.kind === "message") work.add({ organisation_id: organisationId });
}
