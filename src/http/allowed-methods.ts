interface RegisteredRoute {
  method: string;
  path: string;
}

/** Routes never change once they are registered, and every request that is not hot asks. */
const patterns = new WeakMap<RegisteredRoute, RegExp>();

function patternOf(route: RegisteredRoute): RegExp {
  const known = patterns.get(route);
  if (known !== undefined) return known;
  const escaped = route.path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/:[A-Za-z_]+/g, "[^/]+");
  const pattern = new RegExp(`^${escaped}$`);
  patterns.set(route, pattern);
  return pattern;
}

/** Which methods a path has, from the routes themselves; empty: there is no such path. */
export function allowedMethods(routes: RegisteredRoute[], path: string): string[] {
  const methods = routes
    .filter((route) => route.method !== "ALL" && !route.path.includes("*") && patternOf(route).test(path))
    .map((route) => route.method);
  if (methods.includes("GET")) methods.push("HEAD");
  return [...new Set(methods)].sort();
}
