import { isNotebook } from './notebook-path.js';

/**
 * Every bound of a review, in one place. An operator may override each; a bound that is hit is named in the report.
 * Sizes are bytes, times are milliseconds.
 */
export interface Bounds {
  /** Larger source files are listed as skipped: GitHub's GraphQL cuts a blob's text at 512,000 bytes too. */
  readonly sourceFileBytes: number;
  /** Notebooks, whose outputs weigh more than their code; the code alone is bound as any source file is. */
  readonly notebookBytes: number;
  /** The `yaml` library slows down worse than linearly; above this size YAML and JSON go to tree-sitter. */
  readonly yamlBytes: number;
  /** Files with facts, a side. The changed files come first, then the rest by path. */
  readonly filesPerSide: number;
  /** Brackets, blocks or maps inside one another. */
  readonly nesting: number;
  readonly yamlAliases: number;
  /** One file in a parser; its worker is replaced when it is exceeded. */
  readonly parseMilliseconds: number;
  /** A whole review. */
  readonly reviewMilliseconds: number;
  /** A parser's worker is replaced when its heap passes this many MiB. */
  readonly workerMebibytes: number;
}

export const DEFAULT_BOUNDS: Bounds = {
  sourceFileBytes: 512_000,
  notebookBytes: 10 * 1024 * 1024,
  yamlBytes: 256_000,
  filesPerSide: 2_000,
  nesting: 200,
  yamlAliases: 100,
  parseMilliseconds: 1_000,
  reviewMilliseconds: 120_000,
  workerMebibytes: 1_024,
};

/** Files larger than this are compared as wholes: they get no hunks. */
export const COMPARED_BYTES = 2 * 1024 * 1024;

/** The bound on the size of a file of this name. */
export function mostBytes(path: string, { sourceFileBytes, notebookBytes }: Bounds): number {
  return isNotebook(path) ? notebookBytes : sourceFileBytes;
}
