import { ResourceNotFound } from "../accounts/errors.ts";
import type { DeliveryDetail } from "./delivery.ts";
import type { WebhookEndpoint } from "./endpoint.ts";
import type { DeliveryStore, EndpointOwner, EndpointStore } from "./ports.ts";

/** Throws `ResourceNotFound`. */
export async function loadEndpoint(
  endpoints: Pick<EndpointStore, "find">,
  owner: EndpointOwner,
  id: string,
): Promise<WebhookEndpoint> {
  const found = await endpoints.find(owner, id);
  if (found === null) throw new ResourceNotFound();
  return found;
}

/** Of an endpoint that the caller has loaded. Throws `ResourceNotFound`. */
export async function loadDelivery(
  deliveries: Pick<DeliveryStore, "find">,
  endpointId: string,
  id: string,
): Promise<DeliveryDetail> {
  const found = await deliveries.find(endpointId, id);
  if (found === null) throw new ResourceNotFound();
  return found;
}
