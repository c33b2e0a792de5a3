/** Where the App says what it does: fixed words, with their particulars as fields. No source text, no secret. */
export interface Log {
  readonly info: (fields: object, words: string) => void;
  readonly warn: (fields: object, words: string) => void;
  readonly error: (fields: object, words: string) => void;
  /** The same with these fields in every line. */
  readonly child: (fields: Record<string, unknown>) => Log;
}

/** What a log may keep of an error: what it was and where, without its words, which may quote a repository. */
export function failureFields(error: unknown): { readonly failure: Readonly<Record<string, unknown>> } {
  if (!(error instanceof Error)) return { failure: { name: typeof error } };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const cause = error.cause instanceof Error ? { cause: error.cause.name } : {};
  const at = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { failure: { name: error.name, ...code, ...cause, at: at.slice(0, 12).map((line) => line.trim()) } };
}
