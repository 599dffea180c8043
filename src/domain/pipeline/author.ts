/** Who did something; `name`: what he, or the key, is called now, null once gone. */
export interface Author {
  kind: "user" | "key";
  id: string | null;
  name: string | null;
}
