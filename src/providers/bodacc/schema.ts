import { z } from "zod";
import { looseNumber, looseText } from "../loose-schema.ts";
import { embedded, embeddedAs } from "./embedded.ts";

const Jugement = z.object({
  famille: looseText,
  nature: looseText,
  date: looseText,
  complementJugement: looseText,
});

/** The notice that a rectification or a cancellation is about. */
const Previous = z
  .object({
    nomPublication: looseText,
    numeroParution: looseText,
    parution: looseText,
    numeroAnnonce: looseText,
  })
  .transform(({ parution, numeroParution, ...rest }) => ({ ...rest, parution: numeroParution ?? parution }));

export const Notice = z.object({
  id: z.string().regex(/^[\w-]{1,100}$/),
  publicationavis: looseText,
  parution: looseText,
  numeroannonce: looseText,
  dateparution: looseText,
  typeavis: looseText,
  familleavis: looseText,
  jugement: embeddedAs(Jugement),
  acte: embedded,
  modificationsgenerales: embedded,
  depot: embedded,
  listeetablissements: embedded,
  parutionavisprecedent: embeddedAs(Previous),
});

export const BodaccAnswer = z.object({ total_count: looseNumber, results: z.array(Notice) });

export type BodaccAnswer = z.infer<typeof BodaccAnswer>;
export type Notice = z.infer<typeof Notice>;
