import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { fingerprint, lineNumber, repoPath } from '../../src/model/identifiers.js';
import { locate } from '../../src/model/location.js';
import { type Detector, defineDetector, defineRule } from '../../src/model/rule.js';
import { notApplicable } from '../../src/model/verdict.js';
import { presentSarif } from '../../src/presentation/sarif.js';
import type { SarifLog, SarifResult, SarifRun } from '../../src/presentation/sarif-log.js';
import { weighed } from '../support/detectors.js';
import { edit } from './markdown-review.js';
import { nastyReview } from './nasty-review.js';
import {
  at,
  ENTRIES,
  finding,
  metricChange,
  PINNING,
  PLAYBOOK,
  type ReviewGiven,
  review,
  TRAIN,
  TRUST,
} from './review-builder.js';

const isValidLog = schemaCheck('../schemas/sarif-2.1.0-rtm.5.json');

/** The published schema is of draft 4, of which it uses nothing that ajv reads otherwise. */
function schemaCheck(file: string): ValidateFunction {
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  return new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false }).compile(schema);
}

const DETECTORS: readonly Detector[] = [
  detector('base-model-versioning', PINNING, 'reproducibility_score', 'unpinned-model'),
  detector('artifact-trust-surface', TRUST, 'safety_governance_score', 'remote-code'),
];

describe('a review as SARIF', () => {
  it('is one run, with its rules, results, scores and what could not be read', () => {
    const found = finding({ fingerprint: fingerprint('a'.repeat(16)) });
    expect(
      log({
        findings: [found],
        metrics: [metricChange()],
        fixes: new Map([[found.fingerprint, edit(6, 6, 'x')]]),
        files: { skipped: [{ path: repoPath('a b.py'), reading: { reason: 'binary', line: null, detail: null } }] },
        failures: [{ rule: found.rule, run: 'x', cause: null }],
        unaddressable: 1,
      }),
    ).toMatchSnapshot();
  });

  it('is valid by the schema that OASIS publishes, whatever a repository holds', () => {
    fc.assert(
      fc.property(nastyReview(), (given) => {
        const valid = isValidLog(JSON.parse(presentSarif(given, PLAYBOOK, { version: '1.0.0', detectors: DETECTORS })));
        expect(isValidLog.errors).toBeNull();
        expect(valid).toBe(true);
      }),
      { numRuns: 15, seed: 7 },
    );
  });

  it('describes every rule with its playbook entry', () => {
    const [pinned, remote] = run({}, ENTRIES).tool.driver.rules;
    expect(pinned).toMatchObject({
      id: 'base-model-versioning/unpinned-model',
      name: 'BaseModelVersioningUnpinnedModel',
      shortDescription: { text: 'A fault' },
      defaultConfiguration: { level: 'warning' },
      properties: { metric: PINNING, composite: 'reproducibility_score' },
    });
    expect(remote?.fullDescription.text).toBe('Code of a branch can change.');
    expect(remote?.help.markdown).toContain(`> Minimal fix (Artifact Trust Surface): ${PLAYBOOK.minimalFix(TRUST)}`);
    expect(remote?.help.markdown).toContain('## Leave it when\n\nIt is yours.');
  });

  it.each<[string, Parameters<typeof finding>[0], Partial<SarifResult>]>([
    [
      'its rule',
      { rule: 'base-model-versioning/unpinned-model' },
      { ruleId: 'base-model-versioning/unpinned-model', ruleIndex: 0 },
    ],
    ['no place in the list for a rule that is not there', { rule: 'base-model-versioning/x' }, { ruleIndex: -1 }],
    ['an error as one', {}, { level: 'error' }],
    ['a warning as one', { fault: { severity: 'warning' } }, { level: 'warning' }],
    ['a notice as a note', { fault: { severity: 'notice' } }, { level: 'note' }],
    ['a house habit as a note', { habit: 'as in 3 of 4 runs' }, { level: 'note' }],
    ['its state', { state: 'updated' }, { baselineState: 'updated' }],
    ['that it is gone', { state: 'absent', gone: 'fixed', anchor: null }, { baselineState: 'absent' }],
    [
      'braces doubled, which else stand for arguments',
      { fault: { message: 'a {0}' } },
      { message: { text: 'a {{0}}' } },
    ],
    ['no link', { fault: { message: '[a](b)' } }, { message: { text: '[a] (b)' } }],
  ])('gives a result %s', (_, given, expected) => {
    expect(result({ findings: [finding(given)] })).toMatchObject(expected);
  });

  it('keeps a finding itself from run to run by its fingerprint', () => {
    const found = finding();
    expect(result({ findings: [found] }).partialFingerprints).toEqual({ 'tunelint/v1': found.fingerprint });
  });

  it('places a result where the diff shows it, and the fault beside it', () => {
    const anchor = { side: 'head', path: TRAIN, startLine: lineNumber(4), endLine: lineNumber(4) } as const;
    const { locations, relatedLocations } = result({ findings: [finding({ anchor })] });
    expect(locations).toEqual([place(4, 4)]);
    expect(relatedLocations).toEqual([{ message: { text: 'The fault itself.' }, ...place(6, 6) }]);
  });

  it('places a result at its fault where the diff shows a removed line, which is not in the files', () => {
    const anchor = { side: 'base', path: TRAIN, startLine: lineNumber(4), endLine: lineNumber(4) } as const;
    expect(result({ findings: [finding({ anchor })] }).locations).toEqual([place(6, 6)]);
  });

  it('encodes paths', () => {
    const path = repoPath('a b/100%/tr:ain#1.py');
    const place = locate(path, { ...at('BASE') });
    const { locations } = result({ findings: [finding({ anchor: null, fault: { at: place } })] });
    expect(locations[0]?.physicalLocation.artifactLocation.uri).toBe('a%20b/100%25/tr%3Aain%231.py');
  });

  it('shows a chain from where the value is set to where it is used', () => {
    const chain = [at('BASE, '), at('model=model'), at('BASE = ')];
    const steps = result({ findings: [finding({ fault: { chain } })] }).codeFlows?.[0]?.threadFlows[0]?.locations;
    expect(steps?.map(({ location }) => [location.message?.text, location.physicalLocation.region?.startLine])).toEqual(
      [
        ['Set here.', 4],
        ['Passed on here.', 7],
        ['Used here.', 6],
      ],
    );
    expect(result({ findings: [finding({ fault: { chain: chain.slice(0, 1) } })] })).not.toHaveProperty('codeFlows');
  });

  it.each<[string, ReturnType<typeof edit>, object]>([
    [
      'replaces whole lines',
      edit(5, 6, 'x'),
      { deletedRegion: { startLine: 5, endLine: 6 }, insertedContent: { text: 'x' } },
    ],
    [
      'deletes lines with their ends',
      edit(5, 6, null),
      { deletedRegion: { startLine: 5, startColumn: 1, endLine: 7, endColumn: 1 } },
    ],
    ['deletes the end of a text', edit(9, 9, null), { deletedRegion: { startLine: 9, endLine: 9 } }],
  ])('%s', (_, fix, replacement) => {
    const found = finding();
    const { fixes } = result({ findings: [found], fixes: new Map([[found.fingerprint, fix]]) });
    expect(fixes?.[0]?.artifactChanges[0]?.replacements).toEqual([replacement]);
  });

  it('says what a fix does to the run', () => {
    const found = finding();
    const fix = { ...edit(6, 6, 'x'), applicability: 'unsafe' as const };
    const { fixes } = result({ findings: [found], fixes: new Map([[found.fingerprint, fix]]) });
    expect(fixes?.[0]?.description.text).toBe('Drop `trust_remote_code=True`. This changes what the run does.');
  });

  it('holds no more results than GitHub takes, those of the change first, and says so', () => {
    const before = finding({ state: 'unchanged' });
    const { results, invocations } = run({ findings: [...Array(25_000).fill(before), finding()] });
    expect(results).toHaveLength(25_000);
    expect(results[0]?.baselineState).toBe('new');
    expect(invocations[0]?.toolExecutionNotifications[0]?.message.text).toContain('1 findings were left out');
  });

  it('is the same bytes for the same review, and JSON that a terminal shows as it is, whatever a repository holds', () => {
    fc.assert(
      fc.property(nastyReview(), (made) => {
        const text = presentSarif(made, PLAYBOOK, { version: '1.2.3', detectors: DETECTORS });
        expect(presentSarif(structuredClone(made), PLAYBOOK, { version: '1.2.3', detectors: DETECTORS })).toBe(text);
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        for (const { locations } of (JSON.parse(text) as SarifLog).runs[0]?.results ?? []) {
          expect(locations[0]?.physicalLocation.artifactLocation.uri).toMatch(
            /^(?:[\w.~-]|%[0-9A-F]{2})+(?:\/(?:[\w.~-]|%[0-9A-F]{2})+)*$/,
          );
        }
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});

function detector(id: string, metric: string, composite: Detector['composite'], rule: string): Detector {
  const judge = () => notApplicable('only its name matters here');
  const made = defineRule({ id: `${id}/${rule}`, title: 'A fault', severity: 'warning', judge });
  const [weighted] = weighed([defineDetector({ id, metric, composite, rules: [made] })]);
  if (weighted === undefined) throw new Error('a detector is lost');
  return weighted;
}

function log(given: ReviewGiven, playbook = PLAYBOOK): SarifLog {
  return JSON.parse(presentSarif(review(given), playbook, { version: '1.2.3', detectors: DETECTORS }));
}

function run(given: ReviewGiven, playbook = PLAYBOOK): SarifRun {
  const [only, ...others] = log(given, playbook).runs;
  expect(others).toEqual([]);
  return only as SarifRun;
}

function result(given: ReviewGiven): SarifResult {
  return run(given).results[0] as SarifResult;
}

function place(startLine: number, endLine: number) {
  const artifactLocation = { uri: 'train.py', uriBaseId: '%SRCROOT%' };
  return { physicalLocation: { artifactLocation, region: { startLine, endLine } } };
}
