import { z } from "zod";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { CompanyFacts, type Evenement, Siege } from "../companies/company.ts";
import { UNKNOWN_COMPANY } from "../companies/unknown-company.ts";
import { maskPartialDiffusion } from "../enrichment/mask-partial-diffusion.ts";
import { MAX_EVENTS } from "../enrichment/merge-events.ts";

/** Facts as a snapshot kept them: members that we know today may not have existed then. */
export const SnapshotFacts = CompanyFacts.partial();
export type SnapshotFacts = z.infer<typeof SnapshotFacts>;

const Entry = z.record(z.string(), z.unknown());
type Entry = z.infer<typeof Entry>;

const ListChange = z.object({
  field: z.string().meta({ example: "dirigeants" }),
  added: z.array(Entry),
  removed: z.array(Entry),
  changed: z.array(z.object({ before: Entry, after: Entry })),
});

const ValueChange = z.object({
  field: z.string().meta({ description: "Its path", example: "siege.ville" }),
  before: z.unknown(),
  after: z.unknown(),
});

/** A list says which of its entries came, went or changed; anything else its value before and after. */
export const FieldChange = z.union([ListChange, ValueChange]);
export type FieldChange = z.infer<typeof FieldChange>;

/** The register places addresses anew now and then: nothing has moved. */
const IGNORED = new Set(["siege.latitude", "siege.longitude"]);

/** The entries that are not, alike, among `others`: as often as they are there. */
function without<Item>(items: Item[], others: Item[]): Item[] {
  const left = others.map(canonicalJson);
  return items.filter((item) => {
    const found = left.indexOf(canonicalJson(item));
    if (found !== -1) left.splice(found, 1);
    return found === -1;
  });
}

/** `identity`: what an entry is the same by, whatever else changes about it. */
function diffList<Item extends Entry>(
  field: string,
  { before, after }: { before: Item[] | undefined; after: Item[] | undefined },
  identity: (item: Item) => unknown[],
): FieldChange[] {
  if (before === undefined || after === undefined) return [];
  const keyOf = (item: Item): string => canonicalJson(identity(item));
  const come = Map.groupBy(without(after, before), keyOf);
  const removed: Item[] = [];
  const changed: { before: Item; after: Item }[] = [];
  for (const item of without(before, after)) {
    const now = come.get(keyOf(item))?.shift();
    if (now === undefined) removed.push(item);
    else changed.push({ before: item, after: now });
  }
  const added = [...come.values()].flat();
  return added.length + removed.length + changed.length === 0 ? [] : [{ field, added, removed, changed }];
}

/** A full list has lost its oldest notices to newer ones: they did not un-happen. */
function comparable(events: Evenement[] | undefined, other: Evenement[] | undefined) {
  const full = other !== undefined && other.length >= MAX_EVENTS;
  const oldest = full ? (other.at(-1)?.date ?? "") : "";
  return events?.filter(({ date }) => date > oldest);
}

function diffLists(before: SnapshotFacts, after: SnapshotFacts): FieldChange[] {
  const events = {
    before: comparable(comparable(before.evenements, after.evenements), before.evenements),
    after: comparable(comparable(after.evenements, before.evenements), after.evenements),
  };
  const of = <Name extends keyof SnapshotFacts>(name: Name) => ({ before: before[name], after: after[name] });
  return [
    ...diffList("etablissements", of("etablissements"), ({ siret }) => [siret]),
    ...diffList("details_financiers", of("details_financiers"), ({ annee }) => [annee]),
    ...diffList("dirigeants", of("dirigeants"), ({ type, siren, denomination, nom, prenoms }) =>
      type === "personne_morale" ? [type, siren ?? denomination] : [type, nom, prenoms],
    ),
    ...diffList("evenements", events, ({ type, date, reference }) => [type, date, reference]),
  ];
}

const LISTS = new Set<string>(["etablissements", "details_financiers", "dirigeants", "evenements"]);

/** Every value by its path; those of the registered office one by one. What a snapshot did not know yet has none. */
function valuesOf({ siege, ...facts }: SnapshotFacts): Map<string, unknown> {
  const values = Object.entries(facts).filter(([name, value]) => value !== undefined && !LISTS.has(name));
  const members = new Map<string, unknown>(Object.entries(siege ?? {}));
  const names = siege === undefined ? [] : Object.keys(Siege.shape);
  const places = names.map((name): [string, unknown] => [`siege.${name}`, members.get(name) ?? null]);
  return new Map([...values, ...places].filter(([name]) => !IGNORED.has(name)));
}

function diffValues(before: SnapshotFacts, after: SnapshotFacts): FieldChange[] {
  const now = valuesOf(after);
  return [...valuesOf(before)].flatMap(([field, value]) =>
    now.has(field) && canonicalJson(value) !== canonicalJson(now.get(field))
      ? [{ field, before: value, after: now.get(field) }]
      : [],
  );
}

/** As the register shows a company that opposed publication. */
function masked(facts: SnapshotFacts): SnapshotFacts {
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const hidden = maskPartialDiffusion({ ...UNKNOWN_COMPANY, ...known, diffusion: "partielle" });
  return Object.fromEntries(Object.entries(hidden).filter(([name]) => name in known));
}

/**
 * What is different, values first, in the order of the facts. Members that only one of the two has say nothing: they
 * were added to the facts since. What the register hides in one of the two is left out of both.
 */
export function diffFacts(before: SnapshotFacts, after: SnapshotFacts): FieldChange[] {
  const hides = (before.diffusion ?? after.diffusion) !== (after.diffusion ?? before.diffusion);
  const shown = hides ? { before: masked(before), after: masked(after) } : { before, after };
  const published = { field: "diffusion", before: before.diffusion, after: after.diffusion };
  return [
    ...(hides ? [published] : []),
    ...diffValues(shown.before, shown.after),
    ...diffLists(shown.before, shown.after),
  ];
}
