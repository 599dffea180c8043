/**
 * Which cache level answered, by RFC 9211: `isolate; hit`, or `postgres; hit, kv; fwd=miss`. The first level with a
 * hit is the one; `miss`: providers had to be asked.
 */
export function cacheLevel(header: string | null): string {
  for (const member of (header ?? "").split(",")) {
    const [level = "", ...parameters] = member.split(";").map((part) => part.trim());
    if (parameters.includes("hit")) return level;
  }
  return "miss";
}
