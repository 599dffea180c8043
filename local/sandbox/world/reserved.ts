export { type ReservedOutcome, reservedOutcomeOf } from "../../../src/domain/companies/reserved-sirens.ts";
