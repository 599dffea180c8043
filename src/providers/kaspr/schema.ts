import { z } from "zod";
import { looseText } from "../loose-schema.ts";

const texts = z.array(looseText).nullish();

/** Every key may be missing. `starry*` is their best match, masked with stars when it was not bought. */
const Profile = z.object({
  name: looseText,
  title: looseText,
  professionalEmails: texts,
  starryProfessionalEmail: looseText,
  phones: texts,
  starryPhone: looseText,
  // Names of the first version, still met.
  professionalEmail: looseText,
  phone: looseText,
});

export const KasprAnswer = z.object({ profile: Profile.nullish(), message: looseText });

export type KasprProfile = z.infer<typeof Profile>;
