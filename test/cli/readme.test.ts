import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { detectors } from '../../detectors/catalog.js';
import { METRICS } from '../../src/playbook/metrics.js';
import { tunelint } from './built-command.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

it('the README shows what the example prints, line by line', async () => {
  const { out } = await tunelint(['review', '--example', '--no-color']);
  const shown = /<!-- example:start -->\n\n```text\n([\s\S]*?)\n```/.exec(README)?.[1]?.split('\n') ?? [];
  const printed = out.split('\n').map((line) => line.trimEnd());
  expect(shown.length).toBeGreaterThan(20);
  let at = 0;
  for (const line of shown.filter((it) => it !== '⋮')) {
    const found = printed.indexOf(line, at);
    expect([line, found >= at]).toEqual([line, true]);
    at = found + 1;
  }
});

it('the README tells of each metric whether it works', () => {
  const rows = METRICS.map(
    ({ key }) => README.split('\n').find((line) => line.includes(`\`${key.split('.')[1]}\``)) ?? '',
  );
  expect(rows.map((row) => row.includes('**works**'))).toEqual(
    METRICS.map(({ key }) => detectors.some((detector) => detector.metric === key)),
  );
});
