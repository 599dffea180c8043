/** A test key asked for a company that is not one of the reserved ones. */
export class SirenNotReserved extends Error {
  readonly code = "test_mode.siren_unknown";

  constructor() {
    super("siren not reserved");
  }
}
