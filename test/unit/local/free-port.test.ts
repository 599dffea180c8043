import net from "node:net";
import { expect, test } from "vitest";
import { ensurePortFree, freePort, isPortFree, parsePort } from "../../../local/free-port.ts";

test("a taken port is named, with a command that works", async () => {
  const server = net.createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => void server.listen(port, "127.0.0.1", resolve));
  expect(await isPortFree(port)).toBe(false);
  const failure = await ensurePortFree(port).catch((error: unknown) => String(error));
  server.close();
  expect(failure).toContain(`Port ${port} is already taken`);
  const advised = Number(/PORT=(\d+) npm start/.exec(failure ?? "")?.[1]);
  expect(advised).toBeGreaterThan(port);
  expect(failure).not.toContain("\n");
});

test("a free port passes", async () => {
  await expect(ensurePortFree(await freePort())).resolves.toBeUndefined();
});

test.each([
  [undefined, 8787],
  ["", 8787],
  ["  ", 8787],
  ["9000", 9000],
  ["65535", 65_535],
])("PORT=%j is %s", (value, port) => {
  expect(parsePort(value, 8787)).toBe(port);
});

test.each(["0", "65536", "-1", "80a", "1.5", "eight"])("PORT=%s is refused by name", (value) => {
  expect(() => parsePort(value, 8787)).toThrow(`not "${value}"`);
});
