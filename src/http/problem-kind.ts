export type Language = "fr" | "en";

interface Text {
  title: string;
  detail: string;
}

/** Every error code a client can meet: its status, whether trying again may help, and its words. */
export interface ProblemKind {
  status: number;
  retryable: boolean;
  fr: Text;
  en: Text;
}
