import { z } from "zod";

const Alert = z.object({
  labels: z.record(z.string(), z.string()),
  status: z.object({ inhibitedBy: z.array(z.string()) }),
});

/** Names and objectives of the alerts about which Alertmanager is silent because of a greater one. */
export async function heldBack(alertmanagerUrl: string): Promise<string[]> {
  const response = await fetch(`${alertmanagerUrl}/api/v2/alerts`);
  if (!response.ok) throw new Error(`Alertmanager answers ${response.status}: ${await response.text()}`);
  return z
    .array(Alert)
    .parse(await response.json())
    .filter(({ status }) => status.inhibitedBy.length > 0)
    .map(({ labels }) => `${labels["alertname"]} ${labels["slo"] ?? ""}`.trim());
}
