export type Row = Record<string, unknown>;
type Test = (row: Row) => boolean;

export type Where = { ok: true; test: Test; sirens: string[] } | { ok: false; message: string };

const COMPARISON = /^(\w+)\s*(=|!=|<>|>=|<=|>|<|:|\blike\b)\s*(.+)$/i;
const MEMBERSHIP = /^(\w+)\s+in\s*\((.*)\)$/i;

/** `"x"`, `'x'`, `date'2025-01-01'` or a bare number. */
function literal(text: string): string | null {
  const [, quoted] = /^(?:date)?(?:"([^"]*)"|'([^']*)')$/i.exec(text.trim())?.filter(Boolean) ?? [];
  if (quoted !== undefined) return quoted;
  return /^-?\d+(\.\d+)?$/.test(text.trim()) ? text.trim() : null;
}

/** A field that holds several values compares by any of them; `registre` is matched whatever its spacing. */
function valuesOf(row: Row, field: string): string[] {
  const value = row[field];
  if (value === null || value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}

function compare(left: string, operator: string, right: string): boolean {
  const numeric = left !== "" && right !== "" && !Number.isNaN(Number(left)) && !Number.isNaN(Number(right));
  const order = numeric ? Number(left) - Number(right) : left.localeCompare(right);
  switch (operator) {
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    default:
      return order === 0;
  }
}

function comparisonTest(field: string, operator: string, value: string): Test {
  if (operator === "!=" || operator === "<>") return (row) => !valuesOf(row, field).includes(value);
  if (operator.toLowerCase() === "like") {
    return (row) => valuesOf(row, field).some((held) => held.toLowerCase().includes(value.toLowerCase()));
  }
  return (row) => valuesOf(row, field).some((held) => compare(held, operator, value));
}

/** Splits on AND outside quotes and parentheses. */
function conditionsOf(where: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let index = 0; index < where.length; index++) {
    const character = where.charAt(index);
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    else if (depth === 0 && /^\sand\s/i.test(where.slice(index, index + 5))) {
      parts.push(where.slice(start, index));
      start = index + 5;
    }
  }
  return [...parts, where.slice(start)].map((part) => part.trim());
}

function sirensOf(field: string, values: readonly string[]): string[] {
  if (field !== "registre" && field !== "siren") return [];
  return values.map((value) => value.replace(/\s/g, "")).filter((value) => /^\d{9}$/.test(value));
}

interface Condition {
  test: Test;
  sirens: string[];
}

function parseCondition(text: string): Condition | null {
  const negated = /^not\s+/i.test(text);
  const [, listField, list] = MEMBERSHIP.exec(text) ?? [];
  if (listField !== undefined && list !== undefined) {
    const values = list.split(",").map(literal);
    const known = values.filter((value) => value !== null);
    if (known.length !== values.length) return null;
    return {
      test: (row) => valuesOf(row, listField).some((held) => known.includes(held)),
      sirens: sirensOf(listField, known),
    };
  }
  const [, field, operator, right] = COMPARISON.exec(text.replace(/^not\s+/i, "")) ?? [];
  const value = right === undefined ? null : literal(right);
  if (field === undefined || operator === undefined || value === null) return null;
  const test = comparisonTest(field, operator, value);
  const positive = !negated && operator !== "!=" && operator !== "<>";
  return {
    test: negated ? (row) => !test(row) : test,
    sirens: positive ? sirensOf(field, [value]) : [],
  };
}

/** The part of ODSQL the product needs: comparisons and IN lists joined by AND, each possibly negated. */
export function parseWhere(where: string): Where {
  const conditions: Condition[] = [];
  for (const text of where.trim() === "" ? [] : conditionsOf(where)) {
    const condition = parseCondition(text);
    if (condition === null) return { ok: false, message: `ODSQL query is malformed: ${text}` };
    conditions.push(condition);
  }
  return {
    ok: true,
    test: (row) => conditions.every(({ test }) => test(row)),
    sirens: conditions.flatMap(({ sirens }) => sirens),
  };
}
