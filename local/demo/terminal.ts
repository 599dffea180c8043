import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** What the output may look like: a terminal gets colours and a moving bar, a file or pipe plain lines. */
export interface Terminal {
  isInteractive: boolean;
  paint(style: Style, text: string): string;
  line(text: string): void;
  /** Replaces the line being shown; only when interactive. */
  overwrite(text: string): void;
}

/** NO_COLOR counts when set to anything (no-color.org). */
export function openTerminal(stream: NodeJS.WriteStream, env: Record<string, string | undefined>): Terminal {
  const isInteractive = stream.isTTY;
  const hasColours = isInteractive && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
  return {
    isInteractive,
    paint: (style, text) => (hasColours ? styleText(style, text, { validateStream: false }) : text),
    line: (text) => void stream.write(`${text}\n`),
    overwrite: (text) => void stream.write(`\r${text}\u001B[K`),
  };
}

const BAR_WIDTH = 30;
const LINE_EVERY = 10;

/** Shows how far a pass is: a bar in a terminal, elsewhere a line every ten rows or more. */
export function progress(terminal: Terminal, label: string): (done: number, total: number) => void {
  let last = 0;
  return (done, total) => {
    if (terminal.isInteractive) {
      const filled = Math.round((done / total) * BAR_WIDTH);
      const bar = `${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}`;
      terminal.overwrite(`${label} ${bar} ${done}/${total}`);
      if (done === total && last < total) terminal.line("");
    } else if (done - last >= LINE_EVERY || (done === total && last < total)) {
      terminal.line(`${label} ${done}/${total}`);
    } else {
      return;
    }
    last = done;
  };
}
