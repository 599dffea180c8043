import { describeError } from "./describe-error.ts";

const FRAME = /^\s+at /;

/** The frames of a stack without the message above them, which may have lines that look like frames. */
function framesOf({ stack = "", message }: Error): string[] {
  const at = stack.indexOf(message);
  // A message that was changed later hides where the frames begin.
  if (at === -1) return [];
  return stack
    .slice(at + message.length)
    .split("\n")
    .slice(1)
    .filter((line) => FRAME.test(line));
}

/** The same kind of error at the same place in the code, without its message, its cause and whatever else it holds. */
export function scrubbedError(error: unknown, where: string): Error {
  const described = describeError(error);
  const scrubbed = new Error(`${described} in ${where}`);
  scrubbed.name = error instanceof Error ? error.name : "NonError";
  const frames = error instanceof Error ? framesOf(error) : [];
  scrubbed.stack = [`${scrubbed.name}: ${scrubbed.message}`, ...frames].join("\n");
  return scrubbed;
}
