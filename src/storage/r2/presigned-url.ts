import { AwsV4Signer } from "aws4fetch";
import type { Config } from "../../config/config.ts";

/** Of the S3 interface of a bucket. */
export type S3Access = NonNullable<Config["exports"]["s3"]>;

export interface PresignedGet {
  key: string;
  contentType: string;
  disposition: string;
  lifeSeconds: number;
  /** ms. */
  now: number;
}

/** `20261121T093000Z` */
function signingTime(now: number): string {
  return new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, "");
}

/** An address from which one object can be fetched for a while, without us: SigV4 in its query. */
export async function presignedUrl(access: S3Access, wanted: PresignedGet): Promise<string> {
  const path = wanted.key.split("/").map(encodeURIComponent).join("/");
  const url = new URL(`${access.endpoint.replace(/\/+$/, "")}/${access.bucket}/${path}`);
  url.searchParams.set("X-Amz-Expires", String(wanted.lifeSeconds));
  url.searchParams.set("response-content-disposition", wanted.disposition);
  url.searchParams.set("response-content-type", wanted.contentType);
  url.searchParams.set("response-cache-control", "private, no-store");
  const signer = new AwsV4Signer({
    method: "GET",
    url: url.href,
    accessKeyId: access.access_key_id,
    secretAccessKey: access.secret_access_key,
    service: "s3",
    region: "auto",
    datetime: signingTime(wanted.now),
    signQuery: true,
  });
  // A space in a query is `%20` wherever signatures are checked; a `+` of ours would be `%2B`.
  return (await signer.sign()).url.href.replaceAll("+", "%20");
}
