/** Set by the platform; whatever else a client says of its address is not believed. null in some tests only. */
export function clientAddress(request: Request): string | null {
  return request.headers.get("cf-connecting-ip");
}
