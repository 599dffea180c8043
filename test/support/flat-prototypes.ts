/**
 * The test pool puts one more Proxy around the prototype of a Durable Object's class for each object that it makes
 * (cloudflare/workers-sdk#15092), so that every call on an object costs more the more objects there were: with a
 * thousand of them it is most of a test's time. Once is enough. To be deleted with a pool that does it once.
 */
const wrapped = new WeakSet<object>();

function isOfPool(handler: ProxyHandler<object>): boolean {
  return handler.get?.toString().includes("getUnknownPrototypeKey") ?? false;
}

globalThis.Proxy = new Proxy(Proxy, {
  construct(Native, [target, handler]: [object, ProxyHandler<object>]) {
    if (!isOfPool(handler)) return new Native(target, handler);
    if (wrapped.has(target)) return target;
    const proxy = new Native(target, handler);
    wrapped.add(proxy);
    return proxy;
  },
});
