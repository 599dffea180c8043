import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Child, startChild } from "../../local/child-process.ts";
import { PROJECT_ROOT } from "../../local/data-folder.ts";
import { writeSecretFile } from "../../local/dev-info.ts";
import { freePort } from "../../local/free-port.ts";
import type { Run } from "../../local/run-command.ts";
import { eventually } from "./eventually.ts";
import { alertmanagerConfig, prometheusConfig } from "./monitoring-config.ts";
import type { Programs } from "./programs.ts";
import { PrometheusApi } from "./prometheus-api.ts";
import type { Receivers } from "./receivers.ts";
import type { Service } from "./service.ts";

export interface MonitoringOptions {
  folder: string;
  programs: Programs;
  receivers: Receivers;
  service: Service;
  /** The folder of the rules in force. */
  rules: string;
  scale: number;
  run: Run;
}

export interface Monitoring {
  prometheus: PrometheusApi;
  alertmanagerUrl: string;
  /** Prometheus alone: Alertmanager goes on. */
  stopPrometheus(): Promise<void>;
  stop(): Promise<void>;
}

/** Alertmanager, then a Prometheus that scrapes the service and tells it; both on loopback. */
export async function startMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const children: Child[] = [];
  try {
    const alertmanager = `127.0.0.1:${await freePort()}`;
    children.push(await startAlertmanager(options, alertmanager));
    const address = `127.0.0.1:${await freePort()}`;
    const judge = await startPrometheus(options, { address, alertmanager });
    children.push(judge);
    const prometheus = new PrometheusApi(`http://${address}`);
    const wait = { what: "Prometheus is ready", withinMs: 20_000, signal: options.run.signal };
    await eventually(wait, async () => ((await prometheus.ready()) ? true : null));
    return {
      prometheus,
      alertmanagerUrl: `http://${alertmanager}`,
      stopPrometheus: () => judge.stop(),
      stop: () => stopAll(children),
    };
  } catch (error) {
    await stopAll(children);
    throw error;
  }
}

async function stopAll(children: Child[]): Promise<void> {
  await Promise.all(children.map((child) => child.stop()));
}

async function startAlertmanager(options: MonitoringOptions, address: string): Promise<Child> {
  const { folder, programs, receivers, scale } = options;
  const file = (name: string): string => path.join(folder, name);
  writeSecretFile(file("slack-url"), `${receivers.webUrl}/slack`);
  writeSecretFile(file("pagerduty-key"), "0".repeat(32));
  writeSecretFile(file("mail-password"), "mail-password");
  const config = alertmanagerConfig({
    mailHost: receivers.mailHost,
    pagerDutyUrl: `${receivers.webUrl}/pagerduty`,
    slackUrlFile: file("slack-url"),
    heartbeatUrl: `${receivers.webUrl}/heartbeat`,
    pagerDutyKeyFile: file("pagerduty-key"),
    mailPasswordFile: file("mail-password"),
    scale,
  });
  writeFileSync(file("alertmanager.yml"), config);
  return start(options, "Alertmanager", programs.alertmanager, [
    `--config.file=${file("alertmanager.yml")}`,
    `--storage.path=${file("alertmanager")}`,
    `--web.listen-address=${address}`,
    // Nobody to share notices with.
    "--cluster.listen-address=",
  ]);
}

interface Addresses {
  address: string;
  alertmanager: string;
}

async function startPrometheus(options: MonitoringOptions, at: Addresses): Promise<Child> {
  const { folder, programs, service, rules } = options;
  const file = (name: string): string => path.join(folder, name);
  writeSecretFile(file("metrics-token"), service.metricsToken);
  const target = new URL(service.url).host;
  const place = {
    target,
    tokenFile: file("metrics-token"),
    alertmanager: at.alertmanager,
    rules: path.join(rules, "*.yml"),
  };
  writeFileSync(file("prometheus.yml"), prometheusConfig(place));
  return start(options, "Prometheus", programs.prometheus, [
    `--config.file=${file("prometheus.yml")}`,
    `--storage.tsdb.path=${file("prometheus")}`,
    `--web.listen-address=${at.address}`,
    // A resolved alert is told at once either way; one that goes on, as often as a minute by the scale.
    "--rules.alert.resend-delay=3s",
  ]);
}

async function start(
  { folder, run }: MonitoringOptions,
  name: string,
  command: string,
  args: string[],
): Promise<Child> {
  mkdirSync(path.join(folder, "logs"), { recursive: true });
  const child = await startChild({
    name,
    command,
    args,
    cwd: PROJECT_ROOT,
    env: process.env,
    logFile: path.join(folder, "logs", `${name.toLowerCase()}.log`),
    stopSignals: ["SIGTERM", "SIGKILL"],
    graceMs: 5_000,
    wholeGroup: false,
  });
  run.children.add(child);
  return child;
}
