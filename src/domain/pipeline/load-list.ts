import { ResourceNotFound } from "../accounts/errors.ts";
import type { CompanyList } from "./company-list.ts";
import type { ListStore, Owner } from "./ports.ts";

/** Throws `ResourceNotFound`. */
export async function loadList(
  lists: Pick<ListStore, "find">,
  owner: Owner,
  id: string,
): Promise<CompanyList> {
  const found = await lists.find(owner, id);
  if (found === null) throw new ResourceNotFound();
  return found;
}
