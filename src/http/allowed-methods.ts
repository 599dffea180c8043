interface RegisteredRoute {
  method: string;
  path: string;
}

function patternOf(path: string): RegExp {
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/:[A-Za-z_]+/g, "[^/]+");
  return new RegExp(`^${escaped}$`);
}

/** Which methods a path has, from the routes themselves; empty: there is no such path. */
export function allowedMethods(routes: RegisteredRoute[], path: string): string[] {
  const methods = routes
    .filter(
      (route) => route.method !== "ALL" && !route.path.includes("*") && patternOf(route.path).test(path),
    )
    .map((route) => route.method);
  if (methods.includes("GET")) methods.push("HEAD");
  return [...new Set(methods)].sort();
}
