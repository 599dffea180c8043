import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeCrossableFolder } from "../../local/data-folder.ts";
import { runCommand, type Run } from "../../local/run-command.ts";
import { Teardown } from "../../local/teardown.ts";
import { lastWords } from "./last-words.ts";
import { Load } from "./load.ts";
import { startMonitoring } from "./monitoring.ts";
import { findPrograms } from "./programs.ts";
import { Receivers } from "./receivers.ts";
import { checkFiles, writeScaledRules } from "./rule-files.ts";
import { startService } from "./service.ts";
import { Show } from "./show.ts";
import { Steps } from "./steps.ts";

/** Twenty times faster than in production: what is looked at over an hour there, over three minutes here. */
const SCALE = 20;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** See docs/testing-observability.md. */
async function testObservability(run: Run): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "ma-observability-"));
  const teardown = new Teardown();
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  teardown.add("The folder", removeFolder);
  // A second Ctrl-C leaves at once, without the teardown.
  process.once("exit", removeFolder);
  makeCrossableFolder(folder);
  try {
    const steps = new Steps(say);
    const show = await bringUp({ run, folder, teardown, steps });
    await show.everything();
    steps.end();
    return 0;
  } catch (error) {
    if (!run.signal.aborted) say(lastWords(folder).join("\n"));
    throw error;
  } finally {
    await teardown.run();
  }
}

interface BringUp {
  run: Run;
  folder: string;
  teardown: Teardown;
  steps: Steps;
}

async function bringUp({ run, folder, teardown, steps }: BringUp): Promise<Show> {
  const programs = findPrograms();
  await steps.take("The committed files", checkFiles);
  const rules = path.join(folder, "rules");
  const receivers = new Receivers();
  await receivers.start();
  teardown.add("The receivers", () => receivers.stop());
  const started = await steps.take("The service and its monitoring", async () => {
    const [service] = await Promise.all([
      startService(folder, run, teardown),
      writeScaledRules(rules, SCALE),
    ]);
    const options = { folder, programs, receivers, service, rules, scale: SCALE, run };
    const monitoring = await startMonitoring(options);
    teardown.add("The monitoring", () => monitoring.stop());
    return { service, monitoring, said: `on loopback, time in the rules ${SCALE} times faster` };
  });
  const { service, monitoring } = started;
  const load = new Load(service, run.signal);
  return new Show({ steps, programs, receivers, service, monitoring, load, signal: run.signal });
}

await runCommand(testObservability);
