/**
 * Where the App says what it does: fixed words, with their particulars as fields. No source text and no secret. An error
 * goes in the field `err`.
 */
export interface Log {
  readonly info: (fields: object, words: string) => void;
  readonly warn: (fields: object, words: string) => void;
  readonly error: (fields: object, words: string) => void;
  /** The same with these fields in every line. */
  readonly child: (fields: Record<string, unknown>) => Log;
}
