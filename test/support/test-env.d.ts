declare namespace Cloudflare {
  interface Env {
    SANDBOX_URL: string;
  }
}
