import { describe, expect, test } from "vitest";
import { mayManage } from "../../../../../src/domain/accounts/organisation/member-actor.ts";
import { type Role, ROLES } from "../../../../../src/domain/accounts/principal.ts";

const BELOW: Role[] = ["admin", "analyst", "viewer", "auditor"];

describe("who may give, change and take which role", () => {
  test.each([
    ["owner", [...ROLES]],
    ["admin", BELOW],
    ["analyst", []],
    ["viewer", []],
    ["auditor", []],
  ] satisfies [Role, Role[]][])("%s: %j", (role, managed) => {
    expect(ROLES.filter((other) => mayManage(role, other))).toEqual(managed);
  });
});
