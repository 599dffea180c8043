const EVERY_MS = 3_000;

class Progress {
  #last = 0;
  #text = "";

  tell(text: string): void {
    const stage = text.replaceAll(/[\d,]/g, "");
    if (stage === this.#text && Date.now() - this.#last < EVERY_MS) return;
    this.#last = Date.now();
    this.#text = stage;
    process.stderr.write(`… ${text}\n`);
  }
}

const progress = new Progress();

/** A line on the error output: one every few seconds within a stage, one for each new stage. */
export function tellProgress(text: string): void {
  progress.tell(text);
}
