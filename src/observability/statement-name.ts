/** Statements are written once in the code; searches and pages of rows vary with their filters. */
const KEPT = 1_000;
const TEXT_LENGTH = 200;
const TITLE = /^\s*\/\* ([a-z][a-z_]{0,40}) \*\//;
const VERBS = /^(?:select|insert|update|delete|merge|refresh)$/;

export const OPERATIONS = ["select", "insert", "update", "delete", "other"] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface NamedStatement {
  /**
   * Verb, table and six digits of a hash of the shape: `select_companies_3fa9c1`. Of a text that varies with what is
   * asked for and begins with a comment, verb and comment: `select_company_search`.
   */
  name: string;
  operation: Operation;
}

const kept = new Map<string, NamedStatement>();
const texts = new Map<string, string>();

/** Without what varies from call to call: white space, the numbers of parameters, how many rows are given at once. */
function shapeOf(text: string): string {
  const folded = text.replace(/\s+/g, " ").trim();
  const unnumbered = folded.replace(/\$\d+/g, "$").replace(/\$(?:, ?\$)+/g, "$");
  return unnumbered.replace(/(\([^()]*\$[^()]*\))(?:, ?\1)+/g, "$1");
}

/** FNV-1a, 32 bits: to tell a few hundred statements apart, not to protect anything. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0").slice(-6);
}

/** The verb that the statement is about: of `with … insert`, the insert. And what follows it. */
function verbOf(shape: string): { verb: string; rest: string } {
  let depth = 0;
  for (const { 0: word, index } of shape.matchAll(/[()]|[a-z_]+/gi)) {
    if (word === "(") depth += 1;
    else if (word === ")") depth -= 1;
    else if (depth === 0 && VERBS.test(word.toLowerCase())) {
      return { verb: word.toLowerCase(), rest: shape.slice(index + word.length) };
    }
  }
  return { verb: "other", rest: shape };
}

const TABLES: Record<string, RegExp> = {
  select: /\bfrom (?:\( ?select .*?\bfrom )?"?([a-z_]\w*)/i,
  insert: /^ into "?([a-z_]\w*)/i,
  update: /^ (?:only )?"?([a-z_]\w*)/i,
  delete: /^ from "?([a-z_]\w*)/i,
  merge: /^ into "?([a-z_]\w*)/i,
  refresh: /^ materialized view (?:concurrently )?"?([a-z_]\w*)/i,
};
/** `select set_config(…)` reads no table. */
const CALLED = /^ ([a-z_]\w*) ?\(/i;

const MOST_STEPS = 5;

/** What a statement does to which table; of `with act as (update t …) select * from act` the update of `t`. */
function subjectOf(shape: string, from = 0, steps = 0): { verb: string; table: string } {
  const { verb, rest } = verbOf(shape.slice(from));
  const table = TABLES[verb]?.exec(rest)?.[1] ?? CALLED.exec(rest)?.[1] ?? "none";
  const step = new RegExp(String.raw`\b${table} as (?:not )?(?:materialized )?\(`, "i").exec(shape);
  if (step === null || steps === MOST_STEPS) return { verb, table };
  return subjectOf(shape, step.index + step[0].length, steps + 1);
}

function named(text: string): NamedStatement {
  const title = TITLE.exec(text);
  const shape = shapeOf(title === null ? text : text.slice(title[0].length));
  const { verb, table } = subjectOf(shape);
  const rest = title?.[1] ?? `${table.toLowerCase().slice(0, 40)}_${hashOf(shape)}`;
  const name = `${verb}_${rest}`;
  keep(texts, name, shape.slice(0, TEXT_LENGTH));
  return { name, operation: OPERATIONS.find((one) => one === verb) ?? "other" };
}

/** The oldest leaves first. */
function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  if (map.size <= KEPT) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

/** A short name that says what the statement does and stays the same as long as its text does. */
export function nameStatement(text: string): NamedStatement {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const found = named(text);
  keep(kept, text, found);
  return found;
}

/** The first 200 characters of a statement that this isolate ran; null when it ran none of that name. */
export function statementText(name: string): string | null {
  return texts.get(name) ?? null;
}
