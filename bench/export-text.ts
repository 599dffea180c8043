/** What stands between the separators of a UTF-8 text that comes in pieces; nothing for an empty end. */
export async function* splitText(
  pieces: AsyncIterable<Uint8Array>,
  separator: string,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  for await (const piece of pieces) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split(separator);
    rest = parts.pop() ?? "";
    yield* parts;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

/**
 * SQL statements, without comment lines between them: each ends with the line that ends with a semicolon outside of a
 * string. Strings are those of standard SQL and `E''`, with their quotes doubled.
 */
export async function* statementsOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let statement: string[] = [];
  let inString = false;
  for await (const line of lines) {
    if (statement.length === 0 && (line.startsWith("--") || line.trim() === "")) continue;
    statement.push(line);
    const quotes = line.split("'").length - 1;
    if (quotes % 2 === 1) inString = !inString;
    if (inString || !line.endsWith(";")) continue;
    yield statement.join("\n");
    statement = [];
  }
  if (statement.length > 0) throw new Error("the last statement does not end");
}
