import type { ListedCompany } from "./company-list.ts";
import { loadList } from "./load-list.ts";
import type { ListStore, Owner } from "./ports.ts";
import { withSyntheticCompanies } from "./with-synthetic-companies.ts";

/** A page of a list. Throws `ResourceNotFound`. */
export async function listListedCompanies(
  lists: Pick<ListStore, "find" | "companies">,
  owner: Owner,
  { id, ...page }: { id: string; after: string | null; limit: number },
): Promise<ListedCompany[]> {
  const [, companies] = await Promise.all([loadList(lists, owner, id), lists.companies(owner, id, page)]);
  return withSyntheticCompanies(owner, companies);
}
