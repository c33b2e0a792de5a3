import type { Review } from '../model/review.js';
import { readingWords, unaddressableWords } from './wording.js';

/** How many files were read: `12 analysed, 1 in part, 2 skipped`. */
export function coverageCounts({ files }: Review): string {
  return `${files.analysed.length} analysed, ${files.partial.length} in part, ${files.skipped.length} skipped`;
}

/** One sentence for each file that was not read as a whole. */
export function unreadSentences({ files, snapshot }: Review): readonly string[] {
  return [
    ...files.partial.map(({ path, reading }) => readingWords(path, reading, 'in part')),
    ...files.skipped.map(({ path, reading }) => readingWords(path, reading, 'not at all')),
    ...(snapshot.unaddressable === 0 ? [] : [unaddressableWords(snapshot.unaddressable)]),
  ];
}

/** One sentence for each rule that threw. */
export function failureSentences({ comparison: { base, head } }: Review): readonly string[] {
  const rules = [...new Set([...base.failures, ...head.failures].map(({ rule }) => rule))].sort();
  return rules.map((rule) => `${rule} stopped early. That is our fault, not yours; the other rules are complete.`);
}
