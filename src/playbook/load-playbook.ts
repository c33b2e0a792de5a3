import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MetricKey, RuleId } from '../model/identifiers.js';
import { METRICS } from './metrics.js';
import { type PlaybookEntry, type PlaybookPage, PlaybookPageError, parsePlaybookPage } from './page.js';

const PAGE = 'playbook.md';

/** The playbook: what a review quotes for a metric, and what it links for a rule. */
export interface Playbook {
  /** The metric's minimal fix, word for word. */
  readonly minimalFix: (metric: MetricKey) => string;
  /** Null for a rule without an entry. */
  readonly entry: (rule: RuleId) => PlaybookEntry | null;
  /** The pages that were found, in the playbook's order. */
  readonly pages: readonly PlaybookPage[];
}

/**
 * Reads `<folder>/<detector-id>/playbook.md` for every folder that has one. Fails with a `PlaybookPageError` for the
 * first page that has not the shape `PlaybookPage` tells of.
 */
export async function loadPlaybook(folder: URL | string): Promise<Playbook> {
  const root = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const pages = await Promise.all(folders.map(({ name }) => readPage(root, name)));
  return createPlaybook(pages.filter((page) => page !== null));
}

/** A playbook of these pages, in any order. */
export function createPlaybook(pages: readonly PlaybookPage[]): Playbook {
  const fixes = new Map(METRICS.map(({ key, minimalFix }) => [key, minimalFix]));
  const entries = new Map(pages.flatMap((page) => page.entries).map((entry) => [entry.rule, entry]));
  return {
    minimalFix: (metric) => {
      const fix = fixes.get(metric);
      if (fix === undefined) throw new RangeError(`"${metric}" is not a metric of the playbook`);
      return fix;
    },
    entry: (rule) => entries.get(rule) ?? null,
    pages: pages.toSorted((a, b) => METRICS.indexOf(a.metric) - METRICS.indexOf(b.metric)),
  };
}

async function readPage(root: string, folder: string): Promise<PlaybookPage | null> {
  if (!(await readdir(join(root, folder))).includes(PAGE)) return null;
  const file = join(root, folder, PAGE);
  const page = parsePlaybookPage(file, await readFile(file, 'utf8'));
  if (page.metric.detector === folder) return page;
  throw new PlaybookPageError(file, `# ${page.metric.detector}`, `write "# ${folder}", the name of the folder.`);
}
