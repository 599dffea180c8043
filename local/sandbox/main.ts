import { parseArgs } from "node:util";
import { startSandbox } from "./start-sandbox.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "4477" }, host: { type: "string", default: "127.0.0.1" } },
});

const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`--port must be between 0 and 65535, not ${values.port}`);
  process.exit(2);
}

const sandbox = await startSandbox({ port, host: values.host });
console.log(`Provider sandbox on ${sandbox.url} (synthetic data)`);

const stop = () => void sandbox.stop();
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
