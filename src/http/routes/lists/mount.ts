import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../../app-env.ts";
import { addListCompanies, addListCompaniesRoute } from "./add-list-companies.ts";
import { createList, createListRoute } from "./create-list.ts";
import { deleteList, deleteListRoute } from "./delete-list.ts";
import { getList, getListRoute } from "./get-list.ts";
import { getListCompanies, getListCompaniesRoute } from "./get-list-companies.ts";
import { listLists, listListsRoute } from "./list-lists.ts";
import { removeListCompany, removeListCompanyRoute } from "./remove-list-company.ts";
import { updateList, updateListRoute } from "./update-list.ts";

export function mountLists(app: OpenAPIHono<AppEnv>): void {
  app.openapi(listListsRoute, listLists);
  app.openapi(createListRoute, createList);
  app.openapi(getListRoute, getList);
  app.openapi(updateListRoute, updateList);
  app.openapi(deleteListRoute, deleteList);
  app.openapi(getListCompaniesRoute, getListCompanies);
  app.openapi(addListCompaniesRoute, addListCompanies);
  app.openapi(removeListCompanyRoute, removeListCompany);
}
