import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diagnose, diagnosisText } from "../../../local/diagnose/diagnosis.ts";
import { parseMetricPage } from "../../../local/diagnose/metric-page.ts";
import { observeService } from "../../../local/diagnose/observe-service.ts";
import { readDiagnoseOrder } from "../../../local/diagnose.ts";
import { type Runbook, RUNBOOKS } from "../../../local/monitoring/runbooks.ts";

const TOKEN = "a-token-of-monitoring";
const METRICS = ["up", "later"] as const;

/** A page that has its counters says so. */
const WHOLE = 'metrics_collector_up{collector="shards"} 1\n';

/** The service at the network's edge: what it answers can be changed, and what it was asked is kept. */
interface FakeService {
  server: Server;
  url: string;
  answers: Record<string, { status: number; body: string }>;
  /** The first and every later page of metrics. */
  pages: Record<(typeof METRICS)[number], string>;
  asked: { path: string; authorization: string | undefined }[];
}

const state: { fake: FakeService | null } = { fake: null };

function fake(): FakeService {
  if (state.fake === null) throw new Error("no service");
  return state.fake;
}

function json(body: unknown, status = 200) {
  return { status, body: JSON.stringify(body) };
}

const SLO = {
  id: "company_errors",
  kind: "errors",
  route: "GET /api/v2/companies/{siren}",
  events: 1_000,
  sli: 0.98,
  objective: 0.999,
  budget: { spent: 20, left_ratio: -19 },
  burn: { "1h": 20 },
  status: "spent",
};

beforeEach(async () => {
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    const earlier = fake().asked.filter((one) => one.path === path).length;
    fake().asked.push({ path, authorization: request.headers.authorization });
    const page = { status: 200, body: fake().pages[earlier === 0 ? "up" : "later"] };
    const { status, body } = fake().answers[path] ?? (path === "/metrics" ? page : { status: 404, body: "" });
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.fake = {
    server,
    url,
    asked: [],
    pages: { up: WHOLE, later: WHOLE },
    answers: {
      "/health": json({ status: "ok" }),
      "/ready": json({ checks: [{ name: "database", ok: true, duration_ms: 3.2 }] }),
      "/health/detailed": json({
        providers: [{ name: "insee", enabled: true, breaker: { state: "closed" } }],
        queues: [{ name: "exports", paused: false, oldest_message_at: null }],
      }),
      "/slo": json({ slos: [SLO] }),
    },
  };
});

afterEach(async () => {
  await new Promise((resolve) => fake().server.close(resolve));
});

async function findingsOf(runbook: Runbook, token: string | null = TOKEN) {
  const seen = await observeService({ url: fake().url, token, seconds: 10, wait: async () => undefined });
  const diagnosis = diagnose(seen, [runbook]);
  return { ...diagnosis, findings: diagnosis.runbooks.flatMap(({ findings }) => findings) };
}

function requests(ok: number, failed: number): string {
  return `${WHOLE}# TYPE http_requests_total counter\nhttp_requests_total{endpoint="/a",status="200"} ${ok}\nhttp_requests_total{endpoint="/a",status="503"} ${failed}\n`;
}

function unready(count: number): string {
  return `http_requests_total{endpoint="/ready",status="503"} ${count}\n`;
}

function broken(count: number): string {
  return `${WHOLE}audit_verifications_total{result="broken"} ${count}\n`;
}

/** Two chains were ever found broken, `before` of them before we looked on; the objective burns so over 6 hours. */
async function brokenLevel(before: number, burn: number) {
  fake().asked = [];
  fake().pages = { up: broken(before), later: broken(2) };
  fake().answers["/slo"] = json({ slos: [{ ...SLO, kind: "audit", burn: { "1h": 0, "6h": burn } }] });
  return (await findingsOf("audit-chain-broken")).level;
}

/** Of a nightly job and one of every five minutes, after so many runs of the latter, none of them good. */
async function cronLevels(runs: number) {
  fake().asked = [];
  fake().pages.up = `${WHOLE}cron_runs_total{cron_job="drain_audit",result="failed"} ${runs}\n`;
  const { findings } = await findingsOf("cron-not-run");
  return ["rotate_keys", "drain_audit"].map((job) => findings.find(({ about }) => about === job)?.level);
}

describe("what a runbook's checks find", () => {
  test("a spent budget is a failure, with its share, what is left, and how fast it burns", async () => {
    const { level, findings } = await findingsOf("slo-errors");
    expect(level).toBe("fail");
    expect(findings).toEqual([
      {
        about: "company_errors",
        level: "fail",
        figure: "98.0 % of 1000 good, budget left -1900.0 %, burn 20.0 over 1h",
      },
    ]);
  });

  test("a budget that a single bad event spent is only a warning", async () => {
    fake().answers["/slo"] = json({
      slos: [{ ...SLO, events: 1, sli: 0, budget: { spent: 1, left_ratio: -999 } }],
    });
    expect((await findingsOf("slo-errors")).level).toBe("warn");
  });

  test("a dependency that does not answer, though /ready says so with 503", async () => {
    fake().answers["/ready"] = json({ checks: [{ name: "database", ok: false, duration_ms: 3_000 }] }, 503);
    const { findings } = await findingsOf("dependency-down");
    expect(findings).toEqual([{ about: "database", level: "fail", figure: "does not answer" }]);
  });

  test("5xx are judged by what happened between two pages, not by what happened before", async () => {
    fake().pages = { up: requests(100, 900), later: requests(190, 910) };
    const { level, findings } = await findingsOf("http-errors");
    expect([level, findings[0]?.figure]).toEqual(["fail", "10 of 100 were 5xx in 10 s"]);
  });

  test("what monitoring itself asked is nobody's trouble", async () => {
    fake().pages = { up: requests(1, 0) + unready(0), later: requests(2, 0) + unready(9) };
    expect((await findingsOf("http-errors")).findings[0]?.figure).toBe("0 of 1 were 5xx in 10 s");
  });

  test.for([
    "http-errors",
    "cache-ratio",
    "llm-cost",
    "limiter-degraded",
    "cron-not-run",
    "audit-chain-broken",
    "unexpected-errors",
    "slow-queries",
  ] as const)("%s: a page without counters is not taken for one without trouble", async (runbook) => {
    for (const missing of ["", 'metrics_collector_up{collector="shards"} 0\n']) {
      fake().pages = { up: WHOLE, later: WHOLE, [runbook === "cron-not-run" ? "up" : "later"]: missing };
      fake().asked = [];
      const { level, findings } = await findingsOf(runbook);
      expect([level, findings[0]?.figure]).toEqual([
        "fail",
        "not seen: the page has no counters, see metrics-partial",
      ]);
    }
  });

  test("a chain that was found broken is judged by when: now, within hours, long ago", async () => {
    expect([await brokenLevel(1, 0), await brokenLevel(2, 3), await brokenLevel(2, 0)]).toEqual([
      "fail",
      "fail",
      "ok",
    ]);
  });

  test("a nightly job that was never due is well; one that was, and one of every five minutes, are not", async () => {
    expect(await cronLevels(3)).toEqual(["ok", "warn"]);
    expect(await cronLevels(600)).toEqual(["warn", "warn"]);
  });

  test("an open breaker and a paused queue", async () => {
    fake().answers["/health/detailed"] = json({
      providers: [{ name: "insee", enabled: true, breaker: { state: "open" } }],
      queues: [{ name: "exports", paused: true, oldest_message_at: null }],
    });
    expect((await findingsOf("provider-breaker")).findings[0]).toMatchObject({
      level: "warn",
      figure: "open",
    });
    expect((await findingsOf("queue-backlog")).findings[0]).toMatchObject({
      level: "warn",
      figure: "paused",
    });
  });

  test("a job that stands still, one that ran, and those that never did", async () => {
    const now = Math.floor(Date.now() / 1_000);
    const at = (job: string, age: number) =>
      `cron_last_success_timestamp_seconds{cron_job="${job}"} ${now - age}\n`;
    fake().pages.up = WHOLE + at("drain_audit", 3_600) + at("anchor_audit", 3_600);
    const { findings } = await findingsOf("cron-not-run");
    const levelOf = (job: string) => findings.find(({ about }) => about === job)?.level;
    expect([levelOf("drain_audit"), levelOf("anchor_audit"), levelOf("rotate_keys")]).toEqual([
      "fail",
      "ok",
      "ok",
    ]);
  });

  test.for(RUNBOOKS)(
    "%s: a service of an older version, without these endpoints, is told plainly",
    async (runbook) => {
      fake().answers = { "/health": json({}), "/metrics": { status: 404, body: "" } };
      const { level, findings } = await findingsOf(runbook);
      expect(level).toBe("fail");
      expect(findings.map(({ figure }) => figure).join(" ")).toContain("404");
    },
  );
});

describe("the token", () => {
  test("goes to what asks for it, and is in no report", async () => {
    fake().answers["/metrics"] = { status: 401, body: TOKEN };
    const found = await findingsOf("metrics-missing");
    expect(diagnosisText(found)).toContain("401, the token is missing or not the service's METRICS_TOKEN");
    expect(JSON.stringify(found) + diagnosisText(found)).not.toContain(TOKEN);
    const sent = Object.fromEntries(fake().asked.map(({ path, authorization }) => [path, authorization]));
    expect(sent).toMatchObject({ "/metrics": `Bearer ${TOKEN}`, "/slo": `Bearer ${TOKEN}` });
    expect([sent["/health"], sent["/ready"]]).toEqual([undefined, undefined]);
  });
});

test("the report names the page to read where something is not well, and only there", async () => {
  const seen = await observeService({
    url: fake().url,
    token: TOKEN,
    seconds: 0,
    wait: async () => undefined,
  });
  const text = diagnosisText(diagnose(seen, ["slo-errors", "dependency-down"]));
  expect(text).toContain("→ docs/runbooks/slo-errors.md");
  expect(text).not.toContain("→ docs/runbooks/dependency-down.md");
  expect(text).toContain("2 findings: 0 warn, 1 fail");
});

test("label values with quotes, commas and line ends are read as they were written", () => {
  const [sample] = parseMetricPage(
    'a_total{endpoint="/x/{id}",text="say \\"hi\\", \\\\ and\\n"} 12 1700000000\n',
  );
  expect(sample).toEqual({
    name: "a_total",
    labels: { endpoint: "/x/{id}", text: 'say "hi", \\ and\n' },
    value: 12,
  });
});

function order(args: string[]) {
  return readDiagnoseOrder(["--url", "http://127.0.0.1:1", ...args], { METRICS_TOKEN: "env" });
}

describe("the order", () => {
  test("the token comes from the option, else from the environment", () => {
    expect(order([])?.place.token).toBe("env");
    expect(order(["--token", "given"])?.place.token).toBe("given");
  });

  test.for([
    [["--url", "ftp://x"], "--url must be"],
    [["--url", "http://x", "--runbook", "nonsense"], "--runbook is one of"],
    [["--url", "http://x", "--seconds", "999"], "--seconds must be"],
    [["--nonsense"], "Usage"],
  ] as const)("%j is refused, saying why", ([args, message]) => {
    expect(() => readDiagnoseOrder([...args], {})).toThrow(message);
  });
});
