import type { Notice } from "./schema.ts";

/**
 * The notices that still hold, oldest first. A rectification corrects the notice it points at, which keeps its
 * identifier and its date: it is the same event. A cancellation removes it. Either may arrive without the notice it
 * is about (older than what we read): a rectification then stands alone, a cancellation has nothing to say.
 */
export function effectiveNotices(notices: readonly Notice[]): Notice[] {
  const standing = new Map<string, Notice>();
  /** Publication number of a correction → identifier of the notice it corrected. */
  const aliases = new Map<string, string>();
  for (const notice of notices.toSorted(byPublication)) {
    const target = notice.typeavis === "annonce" ? undefined : aliases.get(previousKey(notice) ?? "");
    const corrected = target === undefined ? undefined : standing.get(target);
    aliases.set(ownKey(notice), target ?? notice.id);
    if (notice.typeavis === "annulation") {
      if (target !== undefined) standing.delete(target);
    } else {
      standing.set(corrected?.id ?? notice.id, corrected === undefined ? notice : correct(corrected, notice));
    }
  }
  return [...standing.values()];
}

function byPublication(a: Notice, b: Notice): number {
  const days = (a.dateparution ?? "").localeCompare(b.dateparution ?? "");
  return days === 0 ? (a.parution ?? "").localeCompare(b.parution ?? "") : days;
}

/** A notice is known by its bulletin (A, B or C), the issue and its number there. */
function key(letter: string | null, parution: string | null, numero: string | null): string {
  return [letter, parution, (numero ?? "").replace(/^0+/, "")].join("|");
}

function ownKey(notice: Notice): string {
  return key(notice.publicationavis, notice.parution, notice.numeroannonce);
}

function previousKey(notice: Notice): string | null {
  const previous = notice.parutionavisprecedent;
  if (previous === null || previous.parution === null || previous.numeroAnnonce === null) return null;
  const letter = /([ABC])\s*$/.exec(previous.nomPublication ?? "")?.[1] ?? notice.publicationavis;
  return key(letter, previous.parution, previous.numeroAnnonce);
}

/** A correction repeats only what it changes. */
function correct(original: Notice, correction: Notice): Notice {
  return {
    ...original,
    jugement: correction.jugement ?? original.jugement,
    acte: correction.acte ?? original.acte,
    modificationsgenerales: correction.modificationsgenerales ?? original.modificationsgenerales,
    depot: correction.depot ?? original.depot,
    listeetablissements: correction.listeetablissements ?? original.listeetablissements,
  };
}
