import fc from 'fast-check';
import { lineNumber, type RepoPath, repoPath, ruleId } from '../../src/model/identifiers.js';
import { locate } from '../../src/model/location.js';
import type { Review } from '../../src/model/review.js';
import { change, edit, unchanged, withChanges } from './markdown-review.js';
import { nastyText } from './nasty-text.js';
import { finding, metricChange, PINNING, review, run, TRUST } from './review-builder.js';

const LINES = 40;

/** Reviews in which everything that a repository can write is written to do harm, some of them far too long. */
export function nastyReview(): fc.Arbitrary<Review> {
  const texts = fc.array(nastyText(), { minLength: 6, maxLength: 6 });
  const lines = fc.array(
    nastyText().map((line) => line.replaceAll('\n', ' ')),
    { minLength: LINES, maxLength: LINES },
  );
  const sizes = fc.record({ findings: fc.constantFrom(0, 1, 3, 30, 400), factor: fc.constantFrom(1, 1, 200) });
  return fc.tuple(texts, lines, sizes, fc.nat({ max: 30 })).map(([words, code, { findings, factor }, seed]) => {
    const [message = '', name = '', title = '', replacement = '', habit = '', folder = ''] = words;
    const path = pathOf(folder);
    const head = code.join('\n');
    const newRun = run(name, { at: placeOn(path, 1 + (seed % LINES)), files: [path] });
    const found = Array.from({ length: findings }, (_, index) => {
      const at = placeOn(path, 1 + ((index * 7 + seed) % LINES));
      const severity = (['error', 'warning', 'notice'] as const)[(index + seed) % 3] ?? 'error';
      return finding({
        rule: index % 2 === 0 ? 'artifact-trust-surface/remote-code' : 'base-model-versioning/unpinned-model',
        metric: index % 2 === 0 ? TRUST : PINNING,
        kind: index % 5 === 0 ? 'missing' : 'violated',
        state: index % 11 === 10 ? 'unchanged' : 'new',
        habit: index % 13 === 12 ? habit : null,
        inline: severity !== 'notice' && index % 11 !== 10,
        runs: [newRun.run.id],
        fault: {
          at,
          severity,
          message: message.repeat(factor),
          deviation: index % 4 === 0 ? title : null,
          chain: index % 3 === 0 ? [at, placeOn(pathOf(name), 2)] : [],
        },
      });
    });
    const fixes = found
      .filter((_, index) => index % 2 === 0)
      .map(({ fingerprint, fault }, index) => {
        const last = Math.min(LINES, fault.at.startLine + (index % 3));
        const lines = index % 7 === 6 ? null : replacement.repeat(index % 5 === 4 ? factor : 1);
        return [fingerprint, { ...edit(fault.at.startLine, last, lines, path), title }] as const;
      });
    const made = review({
      findings: found,
      baseRuns: seed % 2 === 0 ? [] : [run('base')],
      headRuns: [newRun],
      metrics: [metricChange(), metricChange({ metric: PINNING })],
      brokenLinks: seed % 3 === 0 ? [{ run: newRun.run.id, path: pathOf(title), at: placeOn(path, 1) }] : [],
      failures: [{ rule: ruleId('artifact-trust-surface/remote-code'), run: name, cause: null }],
      files: { skipped: [{ path, reading: { reason: 'crashed', line: null, detail: message.repeat(factor) } }] },
      texts: { base: new Map(), head: new Map([[path, head]]) },
      fixes: new Map(fixes),
    });
    return withChanges(made, [change([unchanged(1, 20), unchanged(21, LINES)], { path })]);
  });
}

function pathOf(text: string): RepoPath {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return repoPath([...parts, 'train.py'].join('/'));
}

function placeOn(path: RepoPath, line: number) {
  return locate(path, { start: 0, end: 0, startLine: lineNumber(line), endLine: lineNumber(line) });
}
