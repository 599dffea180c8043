import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { presignedUrl } from "../../../src/storage/r2/presigned-url.ts";

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** SigV4 of a GET by query, written from its specification. */
function signatureOf(address: string, secret: string): string {
  const { host, pathname, search } = new URL(address);
  const pairs = search.slice(1).split("&");
  const signed = pairs.filter((pair) => !pair.startsWith("X-Amz-Signature=")).sort();
  const value = (name: string): string =>
    decodeURIComponent(pairs.find((pair) => pair.startsWith(`${name}=`))?.split("=")[1] ?? "");
  const [, ...scope] = value("X-Amz-Credential").split("/");
  const canonical = ["GET", pathname, signed.join("&"), `host:${host}`, "", "host", "UNSIGNED-PAYLOAD"];
  const digest = createHash("sha256").update(canonical.join("\n")).digest("hex");
  const text = ["AWS4-HMAC-SHA256", value("X-Amz-Date"), scope.join("/"), digest].join("\n");
  const key = scope.reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${secret}`);
  return hmac(key, text).toString("hex");
}

test("the check itself agrees with the example that Amazon publishes", () => {
  const url =
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
    "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host";
  expect(signatureOf(url, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")).toBe(
    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

test("a file is at its address for as long as was said, under its name, and under no other signature", async () => {
  const url = await presignedUrl(
    {
      endpoint: "https://account.r2.cloudflarestorage.com/",
      bucket: "ma-exports",
      access_key_id: "AKID",
      secret_access_key: "s3cr3t/+=",
    },
    {
      key: "exports/v1/files/org_1/exp_1.csv",
      contentType: "text/csv; charset=utf-8",
      disposition: 'attachment; filename="companies-2026-11-21.csv"',
      lifeSeconds: 300,
      now: Date.UTC(2026, 10, 21, 9, 30),
    },
  );
  const { origin, pathname, searchParams } = new URL(url);
  expect(origin + pathname).toBe(
    "https://account.r2.cloudflarestorage.com/ma-exports/exports/v1/files/org_1/exp_1.csv",
  );
  const { "X-Amz-Signature": signature, ...rest } = Object.fromEntries(searchParams);
  expect(rest).toEqual({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": "AKID/20261121/auto/s3/aws4_request",
    "X-Amz-Date": "20261121T093000Z",
    "X-Amz-Expires": "300",
    "X-Amz-SignedHeaders": "host",
    "response-cache-control": "private, no-store",
    "response-content-disposition": 'attachment; filename="companies-2026-11-21.csv"',
    "response-content-type": "text/csv; charset=utf-8",
  });
  expect(signature).toBe(signatureOf(url, "s3cr3t/+="));
  expect(url).not.toContain("+");
});
