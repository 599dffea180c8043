/** How Airtable says no; its three shapes of an error are all in use. */
export interface Refusal {
  status: number;
  type: string;
  message?: string;
}

const TYPES: Partial<Record<number, string>> = {
  401: "AUTHENTICATION_REQUIRED",
  403: "INVALID_PERMISSIONS",
  404: "NOT_FOUND",
  413: "REQUEST_TOO_LARGE",
  422: "INVALID_REQUEST_UNKNOWN",
  429: "RATE_LIMIT_REACHED",
  500: "SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};

const TRY_LATER = "Rate limit exceeded. Please try again later";

/** The refusal that goes with a status, for faults. */
export function refusalOf(status: number): Refusal {
  return { status, type: TYPES[status] ?? (status >= 500 ? "SERVER_ERROR" : "INVALID_REQUEST_UNKNOWN") };
}

export function refuse({ status, type, message }: Refusal): Response {
  if (status === 404) return Response.json({ error: type }, { status });
  if (type === "RATE_LIMIT_REACHED")
    return Response.json({ errors: [{ error: type, message: TRY_LATER }] }, { status });
  return Response.json({ error: { type, ...(message === undefined ? {} : { message }) } }, { status });
}
