/** Expands `::`; null when it is no IPv6 address in the form that the platform sends. */
function groupsOf(address: string): string[] | null {
  const [head = "", tail, more] = address.split("::");
  if (more !== undefined) return null;
  const left = head === "" ? [] : head.split(":");
  if (tail === undefined) return left.length === 8 ? left : null;
  const right = tail === "" ? [] : tail.split(":");
  const missing = 8 - left.length - right.length;
  return missing < 0 ? null : [...left, ...Array.from({ length: missing }, () => "0"), ...right];
}

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** What counts as one client: an IPv4 address, or the /64 of an IPv6 one, which one customer holds whole. */
export function networkOf(address: string): string {
  const mapped = MAPPED.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const groups = address.includes(":") ? groupsOf(address) : null;
  if (groups === null) return address;
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(":")}::/64`;
}
