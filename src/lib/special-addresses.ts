/** Networks that are nobody's on the Internet: first address and prefix length (IANA special-purpose registry). */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

function ipv4Number(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Of a dotted address of four decimal parts. */
export function isSpecialIpv4(address: string): boolean {
  const number = ipv4Number(address);
  return SPECIAL_IPV4.some(([first, length]) => {
    const size = 2 ** (32 - length);
    return Math.floor(number / size) === Math.floor(ipv4Number(first) / size);
  });
}

/** The first two groups of an address as URLs write it: compressed, without brackets. */
function leadingGroups(address: string): [number, number] {
  const [head = ""] = address.split("::");
  const [first = "0", second = "0"] = head.split(":");
  return [Number.parseInt(first === "" ? "0" : first, 16), Number.parseInt(second, 16)];
}

/**
 * Only 2000::/3 is routed, and of it the parts that carry other protocols' addresses or none are left out: 2001::/23
 * (Teredo), 2001:db8::/32, 2002::/16 (6to4), 3fff::/20. Mapped IPv4, NAT64, ULA, link-local and multicast are outside.
 */
export function isSpecialIpv6(address: string): boolean {
  const [first, second] = leadingGroups(address);
  if (first < 0x2000 || first > 0x3fff) return true;
  if (first === 0x2001) return second < 0x0200 || second === 0x0db8;
  return first === 0x2002 || (first === 0x3fff && second < 0x1000);
}
