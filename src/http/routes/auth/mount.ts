import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { changePasswordHandler, changePasswordRoute } from "./change-password.ts";
import { getMe, getMeRoute } from "./get-me.ts";
import { listSessions, listSessionsRoute } from "./list-sessions.ts";
import { login, loginRoute } from "./login.ts";
import { logout, logoutRoute } from "./logout.ts";
import { refresh, refreshRoute } from "./refresh.ts";
import { register, registerRoute } from "./register.ts";
import { revokeOtherSessionsHandler, revokeOtherSessionsRoute } from "./revoke-other-sessions.ts";
import { revokeSessionHandler, revokeSessionRoute } from "./revoke-session.ts";

export function mountAuth(app: OpenAPIHono<AppEnv>): void {
  app.openapi(registerRoute, register);
  app.openapi(loginRoute, login);
  app.openapi(refreshRoute, refresh);
  app.openapi(logoutRoute, logout);
  app.openapi(changePasswordRoute, changePasswordHandler);
  app.openapi(getMeRoute, getMe);
  app.openapi(listSessionsRoute, listSessions);
  app.openapi(revokeSessionRoute, revokeSessionHandler);
  app.openapi(revokeOtherSessionsRoute, revokeOtherSessionsHandler);
}
