import os from "node:os";
import { versionOf } from "./process-cpu.ts";

export interface MachineFacts {
  processor: string;
  cores: number;
  memoryGb: number;
  node: string;
  workerd: string;
  /** One-minute load average before anything was started. */
  loadBefore: number;
}

export function machineReport(facts: MachineFacts, quick: boolean): string {
  const { processor, cores, memoryGb, node, workerd, loadBefore } = facts;
  const lines = [
    `Machine: ${processor}, ${cores} cores, ${memoryGb.toFixed(0)} GB; Node ${node}; ${workerd}`,
    `Load of the machine before the run: ${loadBefore.toFixed(2)} (0 is an idle machine, ${cores} a full one)`,
  ];
  if (quick) lines.push("A --quick run: it shows that everything works, its numbers mean little.");
  return lines.join("\n");
}

export function machineFacts(workerdPid: number, loadBefore: number): MachineFacts {
  const [cpu] = os.cpus();
  return {
    processor: cpu?.model.trim() ?? "unknown processor",
    cores: os.availableParallelism(),
    memoryGb: os.totalmem() / 2 ** 30,
    node: process.version,
    workerd: versionOf(workerdPid),
    loadBefore,
  };
}

/** One line that the next one replaces; nothing when nobody watches. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\u001B[K\r`);
}
