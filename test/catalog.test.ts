import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { detectors } from '../detectors/catalog.js';
import type { Detector } from '../src/model/rule.js';
import { loadPlaybook } from '../src/playbook/load-playbook.js';
import { METRICS } from '../src/playbook/metrics.js';

const ROOT = fileURLToPath(new URL('../detectors/', import.meta.url));

describe('the catalog', () => {
  it('names every detector and every rule once', () => {
    const ids = detectors.flatMap((detector) => [detector.id, ...detector.rules.map(({ rule }) => rule.id)]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('lists the detectors in the order of the playbook, each with its own metric', () => {
    const known = METRICS.filter(({ detector }) => detectors.some(({ id }) => id === detector));
    expect(detectors.map(({ id, metric }) => ({ id, metric }))).toEqual(
      known.map(({ detector, key }) => ({ id: detector, metric: key })),
    );
  });

  it('lists every folder of detectors', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(detectors.map(({ id }) => id as string).sort());
  });
});

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (id, detector) => {
  it('has rules, each with a positive weight', () => {
    expect(detector.rules.length).toBeGreaterThan(0);
    expect(detector.rules.filter(({ weight }) => !(weight > 0))).toEqual([]);
  });

  it('has a file and a page of examples for every rule, and no others', () => {
    const expected = namesOf(detector).flatMap((name) => [`${name}.md`, `${name}.ts`]);
    expect(readdirSync(join(ROOT, id, 'rules')).sort()).toEqual(expected.sort());
  });

  it('opens every page of examples with the id of its rule and a text', () => {
    for (const { rule } of detector.rules) {
      const page = readFileSync(join(ROOT, id, 'rules', `${nameOf(rule.id)}.md`), 'utf8');
      expect(page).toMatch(new RegExp(`^# ${rule.id}\n\n[^#\n]`));
    }
  });

  it('has a playbook entry for every rule, and no others', async () => {
    const { pages } = await loadPlaybook(ROOT);
    const page = pages.find(({ metric }) => metric.detector === id);
    expect(page?.entries.map(({ rule }) => rule)).toEqual(detector.rules.map(({ rule }) => rule.id));
  });

  it('tells in its README the metric, the minimal fix word for word, and every rule with its weight', () => {
    const readme = readFileSync(join(ROOT, id, 'README.md'), 'utf8');
    const metric = METRICS.find(({ key }) => key === detector.metric);
    expect(readme).toContain(`\`${detector.metric}\``);
    expect(readme).toContain(`\`${detector.composite}\``);
    expect(readme).toContain(`"${metric?.minimalFix}"`);
    expect(rulesTold(readme)).toEqual(
      detector.rules.map(({ rule, weight }) => ({ name: nameOf(rule.id), weight, severity: rule.severity })),
    );
  });

  it('links only to files that are there', () => {
    for (const page of ['README.md', 'playbook.md']) {
      const text = readFileSync(join(ROOT, id, page), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
      expect(links.filter((link) => !existsSync(join(ROOT, id, link)))).toEqual([]);
    }
  });
});

/** The rows of the README's table: the rule's name, its weight, and the first word of its severity. */
function rulesTold(readme: string): { name: string; weight: number; severity: string }[] {
  return [...readme.matchAll(/^\| \[`([\w-]+)`\]\([^)]*\) \| (\S+) \| (\w+)/gm)].map(([, name, weight, severity]) => ({
    name: name ?? '',
    weight: Number(weight),
    severity: severity ?? '',
  }));
}

function namesOf(detector: Detector): string[] {
  return detector.rules.map(({ rule }) => nameOf(rule.id));
}

function nameOf(ruleId: string): string {
  return ruleId.slice(ruleId.indexOf('/') + 1);
}
