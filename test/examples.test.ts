import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { detectors } from '../detectors/catalog.js';
import type { Finding } from '../src/model/comparison.js';
import type { ProvenFix } from '../src/model/fix.js';
import { reviewFiles } from './support/change.js';
import { type Example, readExamples } from './support/example-page.js';
import type { Files } from './support/source-tree.js';

const ROOT = new URL('../detectors/', import.meta.url).pathname;

for (const detector of detectors) {
  for (const { rule } of detector.rules) {
    const page = readFileSync(join(ROOT, `${rule.id.replace('/', '/rules/')}.md`), 'utf8');
    const examples = readExamples(page);

    describe(`${rule.id}`, () => {
      it.each(examples)('$title', async (example) => {
        const { comparison, fixes } = await reviewFiles({}, example.files, detectors, {}, example.options);
        const findings = comparison.findings.filter((finding) => finding.rule === rule.id);

        // A near miss shows something only where something trains, or where its title says that nothing does.
        expect(comparison.head.runs.length > 0).toBe(!/\bno runs?\b/.test(example.title));
        expect(findings.map((finding) => describeFinding(finding)).sort()).toEqual(
          example.marks
            .filter((mark) => mark.rule === rule.id)
            .map((mark) => `${mark.path}:${mark.line} ${mark.severity ?? rule.severity}`)
            .sort(),
        );
        await expectFixed(example, findings, fixes, rule.id);
      });

      it('has hits, near misses and a value that is computed', () => {
        expect(examples.filter((it) => it.marks.length > 0).length).toBeGreaterThanOrEqual(3);
        expect(examples.filter((it) => it.marks.length === 0).length).toBeGreaterThanOrEqual(3);
        expect(examples.some((it) => /comput|parser|spread/i.test(it.title))).toBe(true);
      });
    });
  }
}

it('every page belongs to a rule', () => {
  const pages = detectors.flatMap(({ id }) =>
    readdirSync(join(ROOT, id, 'rules'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${id}/${name.slice(0, -3)}`),
  );
  expect(pages.sort()).toEqual(detectors.flatMap((it) => it.rules.map(({ rule }) => rule.id as string)).sort());
});

/** The fixes of the example's findings give exactly its `fixed` blocks, and the rule is silent on them. */
async function expectFixed(
  example: Example,
  findings: readonly Finding[],
  fixes: ReadonlyMap<string, ProvenFix>,
  rule: string,
): Promise<void> {
  const offered = findings.flatMap((finding) => fixes.get(finding.fingerprint) ?? []);
  const changed = applyFixes(example.files, offered);
  expect(Object.fromEntries(Object.entries(changed).filter(([path, text]) => text !== example.files[path]))).toEqual(
    example.fixed,
  );
  if (Object.keys(example.fixed).length === 0) return;
  const after = await reviewFiles({}, changed, detectors, {}, example.options);
  expect(after.comparison.findings.filter((finding) => finding.rule === rule)).toEqual([]);
}

function applyFixes(files: Files, fixes: readonly ProvenFix[]): Record<string, string> {
  const changed: Record<string, string> = { ...files };
  for (const fix of [...fixes].sort((a, b) => b.startLine - a.startLine)) {
    const text = changed[fix.path] ?? '';
    const lines = text.split('\n');
    const carriage = text.includes('\r\n') ? '\r' : '';
    const replacement = fix.deletesLines ? [] : `${fix.replacement}${carriage}`.split('\n');
    lines.splice(fix.startLine - 1, fix.endLine - fix.startLine + 1, ...replacement);
    changed[fix.path] = lines.join('\n');
  }
  return changed;
}

function describeFinding(finding: Finding): string {
  return `${finding.fault.at.path}:${finding.fault.at.startLine} ${finding.fault.severity}`;
}
