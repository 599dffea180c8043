import { DurableObject } from "cloudflare:workers";
import { vi } from "vitest";

/**
 * The test pool wraps the prototype of a Durable Object's class in one more proxy for each object that it makes, so that
 * thousands of objects slow every call to all of them down. All these proxies do the same: here the first one stays.
 */
export function keepProxiesSingle(): void {
  const kept = new WeakSet<object>();
  const construct = (original: ProxyConstructor, [target, handler]: [object, ProxyHandler<object>]) => {
    if (kept.has(target)) return target;
    const proxy: object = Reflect.construct(original, [target, handler]);
    if (Object.getPrototypeOf(target) === DurableObject.prototype) kept.add(proxy);
    return proxy;
  };
  vi.stubGlobal("Proxy", new Proxy(Proxy, { construct }));
}
