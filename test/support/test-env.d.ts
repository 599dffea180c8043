declare namespace Cloudflare {
  interface Env {
    SANDBOX_URL: string;
    /** Where spans and errors that were sent can be read. */
    SPANS_URL: string;
    ERRORS_URL: string;
  }
}
