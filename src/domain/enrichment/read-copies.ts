import type { CompanyCacheLayer } from "./ports.ts";
import type { StoredCompany } from "./stored-company.ts";

/** A level of the cache, and what it had to say. */
export interface Trace {
  level: string;
  hit: boolean;
}

export interface FoundCopy {
  stored: StoredCompany | null;
  /** Levels in the order they were asked. */
  trail: Trace[];
}

/** The first level that has a copy worth taking; the faster ones that had none receive it. */
export async function readCopies(
  layers: CompanyCacheLayer[],
  siren: string,
  accepts: (stored: StoredCompany) => boolean = () => true,
): Promise<FoundCopy> {
  const trail: Trace[] = [];
  for (const [index, layer] of layers.entries()) {
    const copy = await layer.read(siren);
    const stored = copy !== null && accepts(copy) ? copy : null;
    trail.push({ level: layer.name, hit: stored !== null });
    if (stored === null) continue;
    await Promise.all(layers.slice(0, index).map(async (faster) => faster.write(stored)));
    return { stored, trail };
  }
  return { stored: null, trail };
}
