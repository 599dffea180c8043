/** Of one search, of 1,000 objects each. */
const PAGES = 10;

export interface OldSearch {
  prefix: string;
  /** The object that keeps how far the last search came, when it did not come to the end. */
  place: string;
  /** Older than this, ms. */
  before: number;
  atMost: number;
}

/**
 * Keys of old objects, some of them if they are many. Goes on where the last search stopped: what lies behind many objects
 * that are in use is found too.
 */
export async function searchOld(bucket: R2Bucket, search: OldSearch): Promise<string[]> {
  const place = await bucket.get(search.place);
  const { keys, after } = await searchFrom(bucket, search, (await place?.text()) ?? "");
  if (after !== null) await bucket.put(search.place, after);
  else if (place !== null) await bucket.delete(search.place);
  return keys;
}

/** `after`: the last key that was looked at; null: there are no more. */
async function searchFrom(
  bucket: R2Bucket,
  { prefix, before, atMost }: OldSearch,
  start: string,
): Promise<{ keys: string[]; after: string | null }> {
  let after = start;
  const keys: string[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    const found = await bucket.list({ prefix, startAfter: after });
    for (const { key, uploaded } of found.objects) {
      if (keys.length === atMost) return { keys, after };
      after = key;
      if (uploaded.getTime() < before) keys.push(key);
    }
    if (!found.truncated) return { keys, after: null };
  }
  return { keys, after };
}
