import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { networkOf } from "../../../src/lib/network.ts";

describe("one client is", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
  ])("%s: %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test("itself, when its address has no form that we know", () => {
    expect(networkOf("not:an:address")).toBe("not:an:address");
  });
});

test("all addresses of a /64 are one client, however they are written", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), group, (groups, other) => {
      const plain = groups.map((one) => one.toString(16)).join(":");
      const padded = groups.map((one) => one.toString(16).toUpperCase().padStart(4, "0")).join(":");
      const neighbour = [...groups.slice(0, 7), other].map((one) => one.toString(16)).join(":");
      expect(networkOf(padded)).toBe(networkOf(plain));
      expect(networkOf(neighbour)).toBe(networkOf(plain));
    }),
  );
});
