import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publicUrlFault } from "../../../src/lib/public-url.ts";

const fault = (url: string): string | null => publicUrlFault(url, { allowLoopback: false });

test.each([
  "https://hooks.example.com/",
  "https://hooks.example.com",
  "https://hooks.example.com:443/a?b=c#d",
  "https://hooks.example.com:8443/x",
  "https://hooks.example.com:65535/",
  "https://EXAMPLE.com/",
  "https://sub.domain.co.uk/a/b",
  "https://xn--caf-dma.example/",
  "https://café.fr/",
  "https://8.8.8.8/",
  "https://172.15.255.255/",
  "https://172.32.0.1/",
  "https://100.63.255.255/",
  "https://100.128.0.1/",
  "https://192.0.1.1/",
  "https://198.17.255.255/",
  "https://198.20.0.1/",
  "https://223.255.255.255/",
  "https://[2606:4700:4700::1111]/",
  "https://[2a00:1450:4007:80e::200e]:8443/",
  "https://[2001:200::1]/",
  "https://localhost.example.com/",
  "https://internal.example.com/",
  "https://10.example.com/",
  "https://hooks.example.com/http://127.0.0.1/",
])("%s may be called", (url) => {
  expect(fault(url)).toBeNull();
});

describe("private and special addresses are refused, however they are written", () => {
  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    // Decimal, octal, hexadecimal, shortened, full-width and percent-encoded spellings.
    "2130706433",
    "0x7f000001",
    "017700000001",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0",
    "0x0",
    "3232235521",
    "0xa9fea9fe",
    "2852039166",
    "１２７.０.０.１",
    "127。0。0。1",
    "%31%32%37.0.0.1",
    "127.0.0.1.",
    "0300.0250.0.1",
    // A public one, but not as anybody writes it.
    "134744072",
    "0x08080808",
    "010.8.8.8",
    "8.8.2056",
    // IPv6.
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:8.8.8.8]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::808:808]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:1ff::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:c0a8:101::1]",
    "[3fff:fff::1]",
    "[4000::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd12:3456:789a::1]",
    "[fe80::1]",
    "[febf::1]",
    "[fec0::1]",
    "[ff02::1]",
  ])("%s", (host) => {
    expect(fault(`https://${host}/`)).toBe("address");
    expect(fault(`https://${host}:8443/`)).toBe("address");
  });
});

test.each([
  "localhost",
  "LOCALHOST",
  "localhost.",
  "a.localhost",
  "printer.local",
  "printer.local.",
  "metadata.google.internal",
  "db.internal",
  "intranet",
  "host",
  "router.lan",
  "nas.home",
  "router.home.arpa",
  "1.0.0.127.in-addr.arpa",
  "x.localdomain",
  "wiki.corp",
  "hidden.onion",
  "ⓛocalhost",
])("the name %s means something inside a network only", (host) => {
  expect(fault(`https://${host}/`)).toBe("name");
});

test.each([
  ["http://example.com/", "scheme"],
  ["ftp://example.com/", "scheme"],
  ["javascript:alert(1)", "scheme"],
  ["data:text/plain,x", "scheme"],
  ["file:///etc/passwd", "scheme"],
  ["https:example.com", "scheme"],
  ["https:/example.com", "scheme"],
  ["https://user@example.com/", "userinfo"],
  ["https://user:secret@example.com/", "userinfo"],
  ["https://:secret@example.com/", "userinfo"],
  ["https://example.com@127.0.0.1/", "userinfo"],
  ["https://example.com:22/", "port"],
  ["https://example.com:80/", "port"],
  ["https://example.com:1023/", "port"],
  ["https://example.com:0/", "port"],
  ["https://example.com:65536/", "malformed"],
  ["https://", "malformed"],
  ["", "malformed"],
  ["example.com", "malformed"],
  ["//example.com/", "malformed"],
  ["https://exa\nmple.com/", "malformed"],
  ["https://exa\tmple.com/", "malformed"],
  [" https://example.com/", "malformed"],
  ["https:\\\\127.0.0.1\\", "malformed"],
  ["https://example.com\\@127.0.0.1/", "malformed"],
  ["https://exa%00mple.com/", "malformed"],
  ["https://256.1.1.1/", "malformed"],
  ["https://[::1/", "malformed"],
  ["https://[fe80::1%25eth0]/", "malformed"],
  [`https://example.com/${"x".repeat(2_048)}`, "too_long"],
])("%s is refused for its %s", (url, expected) => {
  expect(fault(url)).toBe(expected);
});

const lenient = (url: string) => publicUrlFault(url, { allowLoopback: true });

test("in development this machine may be called, also without TLS, and no other", () => {
  for (const url of [
    "http://localhost:4477/x",
    "http://127.0.0.1:80/",
    "https://[::1]:9/",
    "http://127.1/",
  ]) {
    expect(lenient(url)).toBeNull();
  }
  expect(lenient("http://10.0.0.1/")).toBe("scheme");
  expect(lenient("https://10.0.0.1/")).toBe("address");
  expect(lenient("http://example.com/")).toBe("scheme");
  expect(lenient("ftp://localhost/")).toBe("scheme");
  expect(lenient("http://a:b@localhost/")).toBe("userinfo");
});

const octet = fc.integer({ min: 0, max: 255 });
const spelled = (parts: number[], way: "decimal" | "hex" | "octal" | "number") => {
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  if (way === "number") return String(((a * 256 + b) * 256 + c) * 256 + d);
  if (way === "hex") return parts.map((part) => `0x${part.toString(16)}`).join(".");
  return way === "octal" ? parts.map((part) => `0${part.toString(8)}`).join(".") : parts.join(".");
};

test("property: an address of a private network is refused in every spelling", () => {
  const inside = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), octet, octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
    fc.tuple(fc.integer({ min: 224, max: 255 }), octet, octet, octet),
  );
  const way = fc.constantFrom("decimal" as const, "hex" as const, "octal" as const, "number" as const);
  fc.assert(
    fc.property(inside, way, (parts, how) => {
      expect(fault(`https://${spelled(parts, how)}/`)).toBe("address");
    }),
  );
});

test("property: whatever is let through is https, without credentials, under a dotted name or a public address", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.domain().map((name) => `https://${name}/`),
        fc.string(),
        fc.ipV4().map((ip) => `https://${ip}/`),
      ),
      (text) => {
        if (fault(text) !== null) return;
        const url = new URL(text);
        expect(url.protocol).toBe("https:");
        expect(url.username + url.password).toBe("");
        expect(url.hostname).toMatch(/\.|^\[/);
      },
    ),
  );
});
