/** Largest body we read. The biggest honest answer (a group with 1,000 establishments) is under 2 MB. */
const MAX_BODY_BYTES = 5_000_000;

/** The body as text, or null as soon as it proves longer than the limit: the rest is not downloaded. */
export async function readBodyText(response: Response, limit = MAX_BODY_BYTES): Promise<string | null> {
  if (response.body === null) return "";
  if (Number(response.headers.get("content-length") ?? 0) > limit) {
    await response.body.cancel();
    return null;
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const chunk: Uint8Array = part.value;
    bytes += chunk.byteLength;
    if (bytes > limit) {
      await reader.cancel();
      return null;
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
