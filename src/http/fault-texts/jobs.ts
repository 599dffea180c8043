import type { Language } from "../problem-kind.ts";

type Words = Record<Language, { message: string; fix: string }>;

/** Why a file, or one of its lines, can't be worked on; `uploads.` and the reason. */
const UPLOAD_FAULTS: Record<string, Words> = {
  "uploads.empty_file": {
    fr: { message: "Le fichier est vide.", fix: "Envoyez un fichier CSV avec une colonne de SIREN." },
    en: { message: "The file is empty.", fix: "Send a CSV file with a column of SIRENs." },
  },
  "uploads.no_rows": {
    fr: {
      message: "Il n'y a pas une seule ligne de données.",
      fix: "Ajoutez au moins un SIREN sous l'en-tête.",
    },
    en: { message: "There is not one row of data.", fix: "Add at least one SIREN below the header." },
  },
  "uploads.nul_bytes": {
    fr: {
      message: "Un octet nul (NUL) : ce n'est pas du texte, ou le fichier est abîmé.",
      fix: "Enregistrez le fichier à nouveau au format « CSV UTF-8 ».",
    },
    en: {
      message: "A NUL byte: this is no text, or the file is damaged.",
      fix: 'Save the file again as "CSV UTF-8".',
    },
  },
  "uploads.utf16": {
    fr: {
      message: "Le fichier est en UTF-16 (« Texte Unicode » dans Excel).",
      fix: "Enregistrez-le au format « CSV UTF-8 ».",
    },
    en: {
      message: 'The file is in UTF-16 ("Unicode Text" in Excel).',
      fix: 'Save it as "CSV UTF-8".',
    },
  },
  "uploads.archive": {
    fr: {
      message: "C'est une archive compressée (zip, gzip), pas un fichier CSV.",
      fix: "Extrayez le fichier CSV et envoyez-le tel quel.",
    },
    en: {
      message: "This is a compressed archive (zip, gzip), not a CSV file.",
      fix: "Extract the CSV file and send it as it is.",
    },
  },
  "uploads.spreadsheet": {
    fr: {
      message: "C'est un classeur de tableur (xlsx, xls), pas un fichier CSV.",
      fix: "Dans le tableur : « Enregistrer sous », format « CSV UTF-8 ».",
    },
    en: {
      message: "This is a workbook (xlsx, xls), not a CSV file.",
      fix: 'In the spreadsheet: "Save as", format "CSV UTF-8".',
    },
  },
  "uploads.unclosed_quote": {
    fr: {
      message: 'Un guillemet (") ouvert à partir de cette ligne reste sans fermeture.',
      fix: 'Refermez-le, ou retirez-le ; dans une cellule entre guillemets, un guillemet se double ("").',
    },
    en: {
      message: 'A quote (") opened from this line on is never closed.',
      fix: 'Close it, or remove it; within a quoted cell a quote is doubled ("").',
    },
  },
  "uploads.record_too_long": {
    fr: {
      message: "Cette ligne dépasse 64 Kio.",
      fix: "Vérifiez les fins de ligne et les séparateurs, ou ne gardez que la colonne des SIREN.",
    },
    en: {
      message: "This line is longer than 64 KiB.",
      fix: "Check the line endings and the separators, or keep the column of SIRENs only.",
    },
  },
  "uploads.no_column": {
    fr: {
      message: "Aucune colonne de SIREN ou de SIRET n'a été trouvée.",
      fix: "Nommez la colonne « siren » dans l'en-tête, ou donnez son nom ou son numéro par « ?column= ».",
    },
    en: {
      message: "No column of SIRENs or SIRETs was found.",
      fix: "Name the column `siren` in the header, or give its name or number as `?column=`.",
    },
  },
  "uploads.column_unknown": {
    fr: {
      message: "Le fichier n'a pas la colonne donnée par « column ».",
      fix: "Reprenez le nom exact de l'en-tête, ou le numéro de la colonne à partir de 1.",
    },
    en: {
      message: "The file does not have the column given as `column`.",
      fix: "Send its name as in the header, or its number, from 1 on.",
    },
  },
  "uploads.empty": {
    fr: { message: "La cellule du SIREN est vide.", fix: "Complétez-la, ou retirez la ligne." },
    en: { message: "The cell of the SIREN is empty.", fix: "Fill it in, or remove the line." },
  },
  "uploads.not_a_siren": {
    fr: {
      message: "Ce n'est ni un SIREN (9 chiffres) ni un SIRET (14 chiffres).",
      fix: "Vérifiez la colonne choisie et les chiffres.",
    },
    en: {
      message: "This is neither a SIREN (9 digits) nor a SIRET (14 digits).",
      fix: "Check which column was chosen, and the digits.",
    },
  },
  "uploads.check_digit": {
    fr: {
      message: "La clé de contrôle de ce numéro est fausse.",
      fix: "Un chiffre est sans doute mal recopié : comparez à l'original.",
    },
    en: {
      message: "The check digit of this number is wrong.",
      fix: "A digit was probably mistyped: compare with the original.",
    },
  },
  "uploads.scientific_notation": {
    fr: {
      message: "Le tableur a écrit ce numéro en notation scientifique : des chiffres sont perdus.",
      fix: "Mettez la colonne au format « Texte » dans le tableur, puis exportez-la de nouveau.",
    },
    en: {
      message: "The spreadsheet wrote this number in scientific notation: digits are lost.",
      fix: 'Give the column the format "Text" in the spreadsheet and export it again.',
    },
  },
};

/** Faults of the jobs routes; see `FAULTS` in `issue-texts.ts`. */
export const JOB_FAULTS: Record<string, Words> = {
  ...UPLOAD_FAULTS,
  "batch.kaspr": {
    fr: {
      message: "Kaspr cherche des personnes : il lui faut leurs profils LinkedIn, qu'un lot n'a pas.",
      fix: "Retirez « kaspr » ; pour des contacts, appelez POST /api/v2/scraping/enrich avec « linkedin ».",
    },
    en: {
      message: "Kaspr looks people up: it needs their LinkedIn profiles, which a task does not have.",
      fix: "Leave `kaspr` out; for contacts call POST /api/v2/scraping/enrich with `linkedin`.",
    },
  },
  "batch.file_missing": {
    fr: {
      message: "Le formulaire n'a pas de fichier.",
      fix: "Envoyez le CSV dans le champ « file » : curl -F file=@societes.csv",
    },
    en: {
      message: "The form has no file.",
      fix: "Send the CSV as the field `file`: curl -F file=@companies.csv",
    },
  },
  "batch.one_file": {
    fr: { message: "Le formulaire a plusieurs fichiers.", fix: "Envoyez un lot par fichier." },
    en: { message: "The form has several files.", fix: "Send one batch per file." },
  },
  "batch.field_unknown": {
    fr: {
      message: "Le formulaire n'a qu'un champ : « file ».",
      fix: "Retirez celui-ci ; les options vont dans l'adresse : ?sources=&max_age=&column=&dry_run=",
    },
    en: {
      message: "The form has one field: `file`.",
      fix: "Leave this one out; options go into the address: ?sources=&max_age=&column=&dry_run=",
    },
  },
  "batch.multipart_malformed": {
    fr: {
      message: "Ce formulaire multipart est mal formé, ou son « boundary » manque dans « Content-Type ».",
      fix: "Laissez votre client HTTP écrire lui-même « Content-Type ».",
    },
    en: {
      message: "This multipart form is malformed, or its `boundary` is missing from `Content-Type`.",
      fix: "Let your HTTP client write `Content-Type` by itself.",
    },
  },
  "batch.body_cut": {
    fr: { message: "Le corps s'arrête avant sa fin.", fix: "Envoyez-le de nouveau, en entier." },
    en: { message: "The body stops before its end.", fix: "Send it again, whole." },
  },
  "batch.column_unused": {
    fr: {
      message: "« column » ne sert qu'à un fichier.",
      fix: "Retirez-le : une liste n'a pas de colonne.",
    },
    en: { message: "`column` is for files only.", fix: "Leave it out: a list has no columns." },
  },
};
