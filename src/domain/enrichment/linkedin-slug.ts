/**
 * The bare profile name, also out of a pasted URL; null for what the API cannot look up (it answers 500 to a URL and
 * knows nothing of Sales Navigator).
 */
export function linkedinSlug(profil: string): string | null {
  const inUrl = /linkedin\.com\/in\/([^/?#]+)/i.exec(profil)?.[1];
  const slug = decoded(inUrl ?? profil).trim();
  return slug === "" || slug.length > 200 || !slug.isWellFormed() || /[\s/?#:\p{Cc}]/u.test(slug)
    ? null
    : slug;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
