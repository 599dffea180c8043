import type { ListStore, NoteStore, StatusStore } from "../domain/pipeline/ports.ts";
import { CompanyChangeRepository } from "../storage/postgres/company-change-repository.ts";
import { ListRepository } from "../storage/postgres/list-repository.ts";
import { NoteRepository } from "../storage/postgres/note-repository.ts";
import { PipelineRepository } from "../storage/postgres/pipeline-repository.ts";
import { WatchRepository } from "../storage/postgres/watch-repository.ts";
import type { Base } from "./base.ts";

export interface PipelineServices {
  statuses: StatusStore;
  notes: NoteStore;
  lists: ListStore;
  watch: WatchRepository;
  changes: CompanyChangeRepository;
}

export function buildPipelineServices({ database }: Base): PipelineServices {
  return {
    statuses: new PipelineRepository(database),
    notes: new NoteRepository(database),
    lists: new ListRepository(database),
    watch: new WatchRepository(database),
    changes: new CompanyChangeRepository(database),
  };
}
