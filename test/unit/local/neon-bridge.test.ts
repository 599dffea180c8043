import http from "node:http";
import { neon, neonConfig, Pool } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-http";
import { sql as fragment } from "drizzle-orm";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseTarget, startNeonBridge, type NeonBridge } from "../../../local/neon-bridge.ts";
import { startTemporaryPostgres, type TemporaryPostgres } from "./temporary-postgres.ts";

describe("the Neon bridge", () => {
  let postgres: TemporaryPostgres;
  let bridge: NeonBridge;
  /** As production knows it: the bridge replaces host, port and the parameters of TLS. */
  let url: string;

  beforeAll(async () => {
    postgres = await startTemporaryPostgres();
    bridge = await startNeonBridge({ target: postgres.url });
    const foreign = new URL(postgres.url);
    foreign.host = "ep-quiet-lake.eu-central-1.aws.neon.tech";
    foreign.port = "";
    foreign.search = "?sslmode=require&channel_binding=require";
    url = foreign.toString();
    neonConfig.fetchEndpoint = `${bridge.url}/sql`;
    neonConfig.wsProxy = () => `127.0.0.1:${bridge.port}/v2`;
    neonConfig.useSecureWebSocket = false;
    neonConfig.pipelineConnect = false;
    neonConfig.forceDisablePgSSL = true;
    neonConfig.webSocketConstructor = WebSocket;
  });

  afterAll(async () => {
    await bridge.stop();
    await postgres.remove();
  });

  beforeEach(async () => {
    const sql = neon(url);
    await sql`DROP TABLE IF EXISTS things`;
    await sql`CREATE TABLE things (id int PRIMARY KEY, name text)`;
  });

  describe("over HTTP", () => {
    test("values keep their types", async () => {
      const rows = await neon(url)`
        SELECT 1::int AS one, 9007199254740993::bigint AS big, ${"é'\\"} AS text, NULL AS nothing,
               '{"a":[1]}'::jsonb AS json, '2026-01-02T03:04:05Z'::timestamptz AS at, ARRAY['a','b'] AS list`;
      expect(rows).toEqual([
        {
          one: 1,
          big: "9007199254740993",
          text: "é'\\",
          nothing: null,
          json: { a: [1] },
          at: new Date("2026-01-02T03:04:05Z"),
          list: ["a", "b"],
        },
      ]);
    });

    test("full results say how many rows a statement touched", async () => {
      const result = await neon(url, { fullResults: true }).query(
        "INSERT INTO things VALUES ($1, $2), ($3, $4)",
        [1, "a", 2, "b"],
      );
      expect(result).toMatchObject({ command: "INSERT", rowCount: 2, rows: [] });
    });

    test("an error keeps its SQLSTATE, detail and constraint", async () => {
      const sql = neon(url);
      await sql`INSERT INTO things VALUES (1, 'a')`;
      await expect(sql`INSERT INTO things VALUES (1, 'b')`).rejects.toMatchObject({
        code: "23505",
        constraint: "things_pkey",
        detail: "Key (id)=(1) already exists.",
        table: "things",
      });
      await expect(sql`SELECT * FROM nowhere`).rejects.toMatchObject({ code: "42P01" });
    });

    test("two statements in one query are refused, as at Neon", async () => {
      await expect(neon(url).query("SELECT 1; SELECT 2")).rejects.toMatchObject({ code: "42601" });
    });

    test("a wrong password or database is an error of Postgres", async () => {
      const wrong = new URL(url);
      wrong.password = "wrong";
      await expect(neon(wrong.toString())`SELECT 1`).rejects.toMatchObject({ code: "28P01" });
      wrong.href = url;
      wrong.pathname = "/absent";
      await expect(neon(wrong.toString())`SELECT 1`).rejects.toMatchObject({ code: "3D000" });
    });

    test("a batch commits as a whole or not at all", async () => {
      const sql = neon(url);
      await sql.transaction([
        sql`INSERT INTO things VALUES (1, 'a')`,
        sql`INSERT INTO things VALUES (2, 'b')`,
      ]);
      await expect(
        sql.transaction([
          sql`INSERT INTO things VALUES (3, 'c')`,
          sql`INSERT INTO things VALUES (1, 'again')`,
        ]),
      ).rejects.toMatchObject({ code: "23505" });
      expect(await sql`SELECT id FROM things ORDER BY id`).toEqual([{ id: 1 }, { id: 2 }]);
    });

    test.each([
      ["ReadUncommitted", "read uncommitted"],
      ["ReadCommitted", "read committed"],
      ["RepeatableRead", "repeatable read"],
      ["Serializable", "serializable"],
    ] as const)("a batch runs at %s", async (isolationLevel, expected) => {
      const sql = neon(url);
      const [rows] = await sql.transaction([sql`SHOW transaction_isolation`], { isolationLevel });
      expect(rows).toEqual([{ transaction_isolation: expected }]);
    });

    test("a read-only, deferrable batch is both and cannot write", async () => {
      const sql = neon(url);
      const options = { isolationLevel: "Serializable", readOnly: true, deferrable: true } as const;
      const results = await sql.transaction(
        [sql`SHOW transaction_read_only`, sql`SHOW transaction_deferrable`],
        options,
      );
      expect(results).toEqual([[{ transaction_read_only: "on" }], [{ transaction_deferrable: "on" }]]);
      await expect(sql.transaction([sql`INSERT INTO things VALUES (1, 'a')`], options)).rejects.toMatchObject(
        {
          code: "25006",
        },
      );
    });

    test("drizzle's batch works through it", async () => {
      const db = drizzle(neon(url));
      const [inserted, counted] = await db.batch([
        db.execute(fragment`INSERT INTO things VALUES (7, 'g')`),
        db.execute(fragment`SELECT count(*)::int AS n FROM things`),
      ]);
      expect(inserted.rowCount).toBe(1);
      expect(counted.rows).toEqual([{ n: 1 }]);
    });

    test("connections stay within twenty whatever is asked at once", async () => {
      const sql = neon(url);
      const counts = await Promise.all(
        Array.from({ length: 60 }, async () => {
          const [row] = await sql`SELECT (SELECT count(*)::int FROM pg_stat_activity
            WHERE backend_type = 'client backend') AS n, pg_sleep(0.02)`;
          return Number(row?.["n"]);
        }),
      );
      expect(Math.max(...counts)).toBeLessThanOrEqual(20);
    });

    test("a database dropped under an idle connection does not hurt the next query", async () => {
      const sql = neon(url);
      await sql`CREATE DATABASE short_lived`;
      const other = new URL(url);
      other.pathname = "/short_lived";
      await neon(other.toString())`SELECT 1`;
      await sql`DROP DATABASE short_lived WITH (FORCE)`;
      expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    });
  });

  describe("over a WebSocket", () => {
    test("a transaction commits, and another rolls back", async () => {
      const pool = new Pool({ connectionString: url });
      const client = await pool.connect();
      await client.query("BEGIN");
      await client.query("INSERT INTO things VALUES (1, 'kept')");
      await client.query("COMMIT");
      await client.query("BEGIN");
      await client.query("INSERT INTO things VALUES (2, 'lost')");
      await client.query("ROLLBACK");
      const { rows } = await client.query("SELECT id FROM things");
      client.release();
      await pool.end();
      expect(rows).toEqual([{ id: 1 }]);
    });

    test("a large answer passes whole", async () => {
      const pool = new Pool({ connectionString: url });
      const { rows } = await pool.query(
        "SELECT i, repeat('x', 100) AS x FROM generate_series(1, 50000) AS i",
      );
      await pool.end();
      expect(rows).toHaveLength(50_000);
    });

    test("another path is refused", async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${bridge.port}/v1`);
      const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
      expect(error.message).toContain("403");
    });
  });

  describe("keeps strangers out", () => {
    test.each([
      ["a foreign Host", { host: "evil.example:80" }, 403],
      ["a foreign Origin", { origin: "https://evil.example" }, 403],
      ["a local Origin but no database", { origin: "http://localhost:8787" }, 400],
    ])("%s is answered %s", async (_, headers, status) => {
      expect(await post(bridge.port, "/sql", headers)).toBe(status);
    });

    test("another path or method is 404", async () => {
      expect((await fetch(`${bridge.url}/sql`)).status).toBe(404);
      expect((await fetch(`${bridge.url}/other`, { method: "POST" })).status).toBe(404);
    });

    test.each(["not json", '{"query": 5}', "{}"])("the body %s is 400", async (body) => {
      const response = await fetch(`${bridge.url}/sql`, {
        method: "POST",
        headers: { "neon-connection-string": url },
        body,
      });
      expect(response.status).toBe(400);
    });

    test("it serves no database of another machine", () => {
      expect(() => parseTarget("postgres://u:p@db.example.com/x")).toThrow("on this machine only");
      expect(() => parseTarget("10.0.0.5:5432")).toThrow("on this machine only");
      expect(parseTarget("127.0.0.1:5599")).toEqual({ host: "127.0.0.1", port: 5599 });
    });
  });

  test("it stops at once with open sockets and a running query, and says 502 when Postgres is away", async () => {
    const other = await startNeonBridge({ target: postgres.url });
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/v2`);
    await new Promise((resolve) => socket.once("open", resolve));
    socket.on("error", () => undefined);
    const slow = fetch(`${other.url}/sql`, {
      method: "POST",
      headers: { "neon-connection-string": url },
      body: JSON.stringify({ query: "SELECT pg_sleep(2)" }),
    }).catch(() => "cut");
    await waitForSleeper(postgres.url);
    const started = Date.now();
    await other.stop();
    expect(Date.now() - started).toBeLessThan(1000);
    expect(await slow).toBe("cut");

    const lost = await startNeonBridge({ target: "127.0.0.1:1" });
    const answer = await fetch(`${lost.url}/sql`, {
      method: "POST",
      headers: { "neon-connection-string": url },
      body: JSON.stringify({ query: "SELECT 1" }),
    });
    expect(answer.status).toBe(502);
    await lost.stop();
  });
});

/** fetch() does not let a caller choose `Host`. */
function post(port: number, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.request({ port, host: "127.0.0.1", path, method: "POST", headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once("error", reject);
    request.end("{}");
  });
}

async function waitForSleeper(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const running =
    "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(2)%' AND state = 'active'";
  await expect.poll(async () => (await client.query(running)).rowCount, { timeout: 3000 }).toBe(1);
  await client.end();
}
