export interface Column {
  title: string;
  width: number;
  side: "left" | "right";
}

const GAP = "  ";

/** A title line, a rule and the rows; a cell that is too long keeps its beginning. */
export function formatTable(columns: readonly Column[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => fit(cells[index] ?? "", column))
      .join(GAP)
      .trimEnd();
  const rule = columns.map(({ width }) => "─".repeat(width)).join(GAP);
  return [line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join("\n");
}

function fit(text: string, { width, side }: Column): string {
  const short = text.slice(0, width);
  return side === "left" ? short.padEnd(width) : short.padStart(width);
}
