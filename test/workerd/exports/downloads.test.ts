import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { Problem } from "../../../src/http/problem.ts";
import { mintAddress, mintWorld, send, type World } from "../../support/world.ts";
import worker from "../../../src/worker.ts";
import { auditOf, mintExport, statusOf } from "./export-world.ts";

afterEach(() => vi.useRealTimers());

/** A request without a credential, from an address of its own unless one is given. */
async function fetchFile(
  url: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<Response> {
  const from = { "cf-connecting-ip": mintAddress(), ...headers };
  return send(new Request(url, { method, headers: from, redirect: "manual" }));
}

async function linkOf(world: World, id: string): Promise<string> {
  const { download_url } = await statusOf(world, id);
  return download_url ?? "none";
}

/** The id of the key that the world's requests carry. */
async function keyOf({ database, organisationId }: World): Promise<unknown> {
  const [row] = await database.query("select id from api_keys where organisation_id = $1", [organisationId]);
  return row?.["id"];
}

async function codeOf(response: Response): Promise<[number, string]> {
  return [response.status, Problem.parse(await response.json()).code];
}

const base64 = (hex: string): string =>
  btoa(String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))));

test("whoever has the link gets the file, byte for byte, with its digest, its rows and a name", async () => {
  const world = await mintWorld();
  const { id, bytes, digest } = await mintExport(world, { at: Date.UTC(2026, 10, 21, 9), expiresIn: 1e12 });
  const url = await linkOf(world, id);
  expect(url).toMatch(
    /^https:\/\/api\.test\/api\/v2\/exports\/exp_\w+\/download\?expires=\d+&for=key_[\w-]+&signature=/,
  );
  const response = await fetchFile(url, { "cf-connecting-ip": "198.51.100.7" });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": 'attachment; filename="companies-2026-11-21.csv"',
    "content-length": String(bytes.length),
    "content-digest": `sha-256=:${base64(digest)}:`,
    "repr-digest": `sha-256=:${base64(digest)}:`,
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "x-row-count": "3",
    etag: `"${digest}"`,
  });
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  expect(await auditOf(world, id)).toEqual([
    {
      action: "export.downloaded",
      address: "198.51.100.7",
      actor_kind: "anonymous",
      details: { format: "csv", rows: 3, from_byte: 0, issued_to: await keyOf(world) },
    },
  ]);
});

test("HEAD says the same without the file and is no download; an unchanged file is not sent again", async () => {
  const world = await mintWorld();
  const { id, bytes, digest } = await mintExport(world);
  const url = await linkOf(world, id);
  const head = await fetchFile(url, {}, "HEAD");
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect(head.headers.get("content-length")).toBe(String(bytes.length));
  expect(head.headers.get("repr-digest")).toBe(`sha-256=:${base64(digest)}:`);
  const unchanged = await fetchFile(url, { "if-none-match": `"${digest}"` });
  expect([unchanged.status, await unchanged.text()]).toEqual([304, ""]);
  expect(await auditOf(world, id)).toEqual([]);
});

const TEXT = "0123456789abcdefghij";

test.each([
  ["bytes=0-3", {}, 206, "bytes 0-3/20", "0123"],
  ["bytes=4-", {}, 206, "bytes 4-19/20", "456789abcdefghij"],
  ["bytes=-3", {}, 206, "bytes 17-19/20", "hij"],
  ["bytes=18-99", {}, 206, "bytes 18-19/20", "ij"],
  ["bytes=0-1,4-5", {}, 200, null, TEXT],
  ["bytes=5-2", {}, 200, null, TEXT],
  ["rows=1-2", {}, 200, null, TEXT],
  ["bytes=4-", { "if-range": "etag" }, 206, "bytes 4-19/20", "456789abcdefghij"],
  ["bytes=4-", { "if-range": '"another"' }, 200, null, TEXT],
  ["bytes=4-", { "if-range": "Sat, 21 Nov 2026 09:00:00 GMT" }, 200, null, TEXT],
] as const)("Range: %s %o answers %d, %s", async (range, condition, status, contentRange, text) => {
  const world = await mintWorld();
  const { id, digest } = await mintExport(world, { text: TEXT });
  const when =
    "if-range" in condition ? { "if-range": condition["if-range"].replace(/^etag$/, `"${digest}"`) } : {};
  const response = await fetchFile(await linkOf(world, id), { range, ...when });
  expect([response.status, response.headers.get("content-range")]).toEqual([status, contentRange]);
  const body = await response.text();
  expect(body).toBe(text);
  expect(response.headers.get("content-length")).toBe(String(text.length));
  expect(response.headers.get("repr-digest")).toBe(`sha-256=:${base64(digest)}:`);
  expect(response.headers.get("content-digest") === null).toBe(status === 206);
});

test("a range behind the end is refused, saying how long the file is", async () => {
  const world = await mintWorld();
  const { id } = await mintExport(world, { text: TEXT });
  const response = await fetchFile(await linkOf(world, id), { range: "bytes=20-" });
  expect(response.headers.get("content-range")).toBe("bytes */20");
  expect(await codeOf(response)).toEqual([416, "exports.range_unsatisfiable"]);
  expect(await auditOf(world, id)).toEqual([]);
});

test("a download in pieces is one record, and one that leaves out the beginning is recorded all the same", async () => {
  const world = await mintWorld();
  const { id } = await mintExport(world, { text: TEXT });
  const url = await linkOf(world, id);
  const [one, other] = [mintAddress(), mintAddress()];
  for (const [address, range] of [
    [one, "bytes=0-9"],
    [one, "bytes=10-"],
    [other, "bytes=1-9"],
    [other, "bytes=10-"],
  ] as const)
    expect((await fetchFile(url, { range, "cf-connecting-ip": address })).status).toBe(206);
  const records = await auditOf(world, id);
  expect(Object.fromEntries(records.map(({ address, details }) => [address, details["from_byte"]]))).toEqual({
    [one]: 0,
    [other]: 1,
  });
  expect(records).toHaveLength(2);
});

/** The text with each of its characters changed, one at a time. */
function altered(text: string): string[] {
  return Array.from(
    text,
    (character, at) => text.slice(0, at) + (character === "1" ? "2" : "1") + text.slice(at + 1),
  );
}

test("a link that was changed at any byte of its id, its time or its signature is refused", async () => {
  const world = await mintWorld();
  const { id } = await mintExport(world);
  const { pathname, search } = new URL(await linkOf(world, id));
  const [, expires = "", whose = "", signature = ""] =
    /expires=(\d+)&for=([\w-]+)&signature=(.+)$/.exec(search) ?? [];
  const signed = `for=${whose}&signature=${signature}`;
  const addresses = [
    ...altered(id).map((other) => `${pathname.replace(id, other)}${search}`),
    ...altered(expires).map((other) => `${pathname}?expires=${other}&${signed}`),
    ...altered(whose).map((other) => `${pathname}?expires=${expires}&for=${other}&signature=${signature}`),
    ...altered(signature).map((other) => `${pathname}?expires=${expires}&for=${whose}&signature=${other}`),
    // Another spelling is another link.
    pathname,
    `${pathname}?expires=${expires}`,
    `${pathname}?signature=${signature}`,
    `${pathname}?expires=${expires}&signature=${signature}`,
    `${pathname}?expires=0${expires}&${signed}`,
    `${pathname}?expires=${expires}&${signed}=`,
    `${pathname}?expires=${expires}&${signed}&x=1`,
    `${pathname}?expires=${expires}&expires=${expires}&${signed}`,
    `${pathname}?${signed}&expires=${expires}`,
  ];
  expect(addresses.length).toBeGreaterThan(90);
  const answers = new Set<string>();
  for (const address of addresses) {
    const response = await fetchFile(`https://api.test${address}`);
    const { instance: _, request_id: __, ...problem } = Problem.parse(await response.json());
    answers.add(JSON.stringify(problem));
  }
  // One answer for all of them, also where there is no such export.
  expect([...answers].map((answer) => JSON.parse(answer))).toEqual([
    expect.objectContaining({ status: 403, code: "exports.link_refused" }),
  ]);
  expect(await auditOf(world, id)).toEqual([]);
});

test("who reads most of a file, with another program or after a pause, is recorded anew", async () => {
  const now = Date.UTC(2026, 10, 21, 12);
  vi.useFakeTimers({ toFake: ["Date"], now });
  const world = await mintWorld();
  const { id } = await mintExport(world, { text: TEXT });
  const url = await linkOf(world, id);
  const address = mintAddress();
  const readAt = async (minutes: number, range: string | null, program = "curl") => {
    vi.setSystemTime(now + minutes * 60_000);
    const headers = { "cf-connecting-ip": address, "user-agent": program };
    const response = await fetchFile(url, range === null ? headers : { ...headers, range });
    expect(response.ok).toBe(true);
    return (await auditOf(world, id)).length;
  };
  expect(await readAt(0, null)).toBe(1);
  expect(await readAt(1, "bytes=1-")).toBe(2);
  expect(await readAt(2, "bytes=10-")).toBe(2);
  expect(await readAt(2, "bytes=10-", "wget")).toBe(3);
  expect(await readAt(10.5, "bytes=15-")).toBe(3);
  expect(await readAt(11.5, "bytes=15-")).toBe(4);
});

test("a file that is not the one named by If-Match is not sent", async () => {
  const world = await mintWorld();
  const { id, digest } = await mintExport(world, { text: TEXT });
  const url = await linkOf(world, id);
  for (const named of [`"${digest}"`, `"x", "${digest}"`, "*"])
    expect((await fetchFile(url, { "if-match": named, range: "bytes=4-" })).status).toBe(206);
  for (const named of ['"another"', `W/"${digest}"`]) {
    const refused = await fetchFile(url, { "if-match": named, range: "bytes=4-" });
    expect(refused.headers.get("etag")).toBe(`"${digest}"`);
    expect(await codeOf(refused)).toEqual([412, "exports.file_changed"]);
  }
});

test("a link opens its own file only, and a credential opens nothing", async () => {
  const [world, stranger] = [await mintWorld(), await mintWorld()];
  const [mine, mineToo, theirs] = [
    await mintExport(world),
    await mintExport(world),
    await mintExport(stranger),
  ];
  const { search } = new URL(await linkOf(world, mine.id));
  for (const { id } of [mineToo, theirs]) {
    const path = `/api/v2/exports/${id}/download`;
    for (const [query, caller] of [
      [search, world],
      [search, stranger],
      ["", world],
      ["", stranger],
    ] as const)
      expect(await codeOf(await caller.request(path + query))).toEqual([403, "exports.link_refused"]);
  }
  const byStranger = await stranger.request(`/api/v2/exports/${mine.id}/download${search}`);
  expect([byStranger.status, await byStranger.text()]).toEqual([200, new TextDecoder().decode(mine.bytes)]);
});

test("a link ends after an hour, or with its file", async () => {
  const now = Date.UTC(2026, 10, 21, 12);
  vi.useFakeTimers({ toFake: ["Date"], now });
  const world = await mintWorld();
  const [long, short] = [await mintExport(world), await mintExport(world, { expiresIn: 10 * 60_000 })];
  const [longLink, shortLink] = [await linkOf(world, long.id), await linkOf(world, short.id)];
  const statusAt = async (url: string, minutes: number) => {
    vi.setSystemTime(now + minutes * 60_000);
    const response = await fetchFile(url);
    const text = await response.text();
    return response.status === 200 ? 200 : [response.status, JSON.parse(text).code];
  };
  expect(await statusAt(shortLink, 9.9)).toBe(200);
  expect(await statusAt(shortLink, 10)).toEqual([410, "exports.link_expired"]);
  expect((await statusOf(world, short.id)).download_url).toBeNull();
  expect(await statusAt(longLink, 59.9)).toBe(200);
  expect(await statusAt(longLink, 60)).toEqual([410, "exports.link_expired"]);
  expect(await statusAt(await linkOf(world, long.id), 61)).toBe(200);
});

test("a file that was removed is gone, whatever the link says", async () => {
  const world = await mintWorld();
  const [lost, expired] = [await mintExport(world), await mintExport(world)];
  const links = [await linkOf(world, lost.id), await linkOf(world, expired.id)];
  await env.EXPORTS.delete(lost.key);
  await world.database.query("update exports set status = 'expired', object_key = null where id = $1", [
    expired.id,
  ]);
  for (const link of links) {
    expect(await codeOf(await fetchFile(link))).toEqual([410, "exports.link_expired"]);
    expect((await fetchFile(link, {}, "HEAD")).status).toBe(410);
  }
  expect(await auditOf(world, lost.id)).toEqual([]);
});

test("with S3 keys the file is fetched where it is kept, after the same checks and the same record", async () => {
  const s3 = {
    endpoint: "https://account.r2.cloudflarestorage.com",
    bucket: "ma-exports",
    access_key_id: "AKID",
    secret_access_key: "secret",
  };
  const direct: Env = Object.assign({}, env, { R2_S3: JSON.stringify(s3) });
  const fetchDirect = async (url: string, method = "GET"): Promise<Response> => {
    const context = createExecutionContext();
    const headers = { "cf-connecting-ip": mintAddress() };
    const response = await worker.fetch(new Request(url, { method, headers }), direct, context);
    await waitOnExecutionContext(context);
    return response;
  };
  const world = await mintWorld();
  const { id, key, bytes } = await mintExport(world);
  const url = await linkOf(world, id);
  const response = await fetchDirect(url);
  expect([response.status, response.headers.get("cache-control")]).toEqual([302, "private, no-store"]);
  const location = new URL(response.headers.get("location") ?? "");
  expect(location.pathname).toBe(`/ma-exports/${key}`);
  expect(location.searchParams.get("X-Amz-Expires")).toBe("300");
  expect(location.searchParams.get("X-Amz-Signature")).toMatch(/^[0-9a-f]{64}$/);
  expect(location.searchParams.get("response-content-disposition")).toMatch(
    /^attachment; filename="companies-/,
  );
  expect(await auditOf(world, id)).toHaveLength(1);
  const head = await fetchDirect(url, "HEAD");
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(bytes.length)]);
  expect((await fetchDirect(`${url}x`)).status).toBe(403);
  await env.EXPORTS.delete(key);
  expect((await fetchDirect(url)).status).toBe(410);
  expect(await auditOf(world, id)).toHaveLength(1);
});
