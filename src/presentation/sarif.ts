import type { Finding } from '../model/comparison.js';
import type { ProvenFix } from '../model/fix.js';
import type { Location } from '../model/location.js';
import type { Scores } from '../model/report.js';
import type { Review } from '../model/review.js';
import { type Detector, RULE_SET_VERSION } from '../model/rule.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { KEY_PREFIX } from '../playbook/metrics.js';
import { failureSentences } from './coverage-words.js';
import { showControls } from './lines.js';
import { encodePath } from './markdown-places.js';
import { toldAt } from './place.js';
import { SCORE_KEYS } from './review-schema.js';
import { safeJson } from './safe-json.js';
import type {
  SarifArtifactLocation,
  SarifCodeFlow,
  SarifFix,
  SarifInvocation,
  SarifLocation,
  SarifLog,
  SarifMessage,
  SarifNotification,
  SarifRegion,
  SarifResult,
  SarifRule,
} from './sarif-log.js';
import { sarifLevel, sarifRules } from './sarif-rules.js';
import { withoutSecrets } from './without-secrets.js';
import { readingWords, severityOf, unaddressableWords } from './wording.js';

export interface SarifOptions {
  /** Tunelint's own. */
  readonly version: string;
  /** The catalog, for what the rules are called. */
  readonly detectors: readonly Detector[];
}

/** A review as a SARIF 2.1.0 log of one run. The same review gives the same bytes. */
export function presentSarif(made: Review, playbook: Playbook, options: SarifOptions): string {
  const review = withoutSecrets(made);
  const rules = sarifRules(options.detectors, playbook);
  const told = mostImportant(review.comparison.findings);
  const leftOut = review.comparison.findings.length - told.length;
  const { version } = options;
  const { base, head } = review.comparison;
  const log: SarifLog = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Tunelint',
            version,
            semanticVersion: version,
            rules,
            properties: { ruleSetVersion: RULE_SET_VERSION },
          },
        },
        // The slash at the end makes all of it a category, in which one upload replaces the one before.
        automationDetails: { id: 'tunelint/' },
        originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation(review, leftOut)],
        results: told.map((finding) => result(finding, review, rules)),
        properties: {
          baseCommit: review.snapshot.base.commit,
          headCommit: review.snapshot.head.commit,
          scores: { base: scoreMap(base.scores), head: scoreMap(head.scores) },
        },
      },
    ],
  };
  return safeJson(log);
}

const SOURCE_ROOT = '%SRCROOT%';
/** GitHub takes no log with more. */
const MOST_RESULTS = 25_000;
const STATES: readonly Finding['state'][] = ['new', 'updated', 'unchanged', 'absent'];

/** All in their order, or where these are too many, those that the change has to do with first. */
function mostImportant(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= MOST_RESULTS) return findings;
  return findings.toSorted((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state)).slice(0, MOST_RESULTS);
}

function result(finding: Finding, review: Review, rules: readonly SarifRule[]): SarifResult {
  const { fault, state, rule } = finding;
  const place = primaryPlace(finding);
  const fix = review.fixes.get(finding.fingerprint);
  const elsewhere = place.path !== fault.at.path || place.startLine !== fault.at.startLine;
  return {
    ruleId: rule,
    ruleIndex: rules.findIndex(({ id }) => id === rule),
    level: sarifLevel(severityOf(finding)),
    message: message(fault.message),
    locations: [location(place)],
    ...(elsewhere ? { relatedLocations: [location(fault.at, 'The fault itself.')] } : {}),
    ...(fault.chain.length > 1 ? { codeFlows: [codeFlow(fault.chain)] } : {}),
    baselineState: state,
    partialFingerprints: { 'tunelint/v1': finding.fingerprint },
    ...(fix === undefined ? {} : { fixes: [sarifFix(fix, review.texts.head.get(fix.path))] }),
    properties: resultProperties(finding),
  };
}

/** GitHub shows a result in a pull request only where its lines are in the diff, so the anchor comes first. */
function primaryPlace(finding: Finding): Lines {
  const place = toldAt(finding);
  return place.side === 'head' || finding.state === 'absent' ? place : finding.fault.at;
}

type Lines = Pick<Location, 'path' | 'startLine' | 'endLine'>;

function resultProperties({ metric, fault, kind, gone, habit, inline, runs }: Finding): Record<string, unknown> {
  const { confidence, key, value } = fault;
  return { metric, confidence, kind, key, value, gone, habit, inline, runs };
}

/** From where the value is set to where it is used, which is how code flows are read. */
function codeFlow(chain: readonly Location[]): SarifCodeFlow {
  const last = chain.length - 1;
  const steps = chain.toReversed().map((step, index) => {
    return { location: location(step, index === 0 ? 'Set here.' : index === last ? 'Used here.' : 'Passed on here.') };
  });
  return { threadFlows: [{ locations: steps }] };
}

function sarifFix(fix: ProvenFix, text: string | undefined): SarifFix {
  const caution = fix.applicability === 'unsafe' ? ' This changes what the run does.' : '';
  const inserted = fix.deletesLines ? {} : { insertedContent: { text: fix.replacement } };
  return {
    description: message(fix.title + caution),
    artifactChanges: [
      {
        artifactLocation: artifact(fix.path),
        replacements: [{ deletedRegion: deletedRegion(fix, text), ...inserted }],
      },
    ],
  };
}

/** Lines that go take their line end with them, up to the start of the next line. */
function deletedRegion({ startLine, endLine, deletesLines }: ProvenFix, text: string | undefined): SarifRegion {
  const endsText = text !== undefined && text.split('\n').length <= endLine;
  if (!deletesLines || endsText) return { startLine, endLine };
  return { startLine, startColumn: 1, endLine: endLine + 1, endColumn: 1 };
}

function invocation(review: Review, leftOut: number): SarifInvocation {
  const { files, snapshot } = review;
  const notifications: readonly SarifNotification[] = [
    ...failureSentences(review).map((sentence) => ({ level: 'error' as const, message: message(sentence) })),
    ...files.partial.map(({ path, reading }) => unread(path, readingWords(path, reading, 'in part'))),
    ...files.skipped.map(({ path, reading }) => unread(path, readingWords(path, reading, 'not at all'))),
    ...(snapshot.unaddressable === 0 ? [] : [remark(unaddressableWords(snapshot.unaddressable))]),
    ...(leftOut === 0 ? [] : [remark(`${leftOut} findings were left out: a log holds ${MOST_RESULTS} at most.`)]),
  ];
  const failures = review.comparison.base.failures.length + review.comparison.head.failures.length;
  return { executionSuccessful: failures === 0, toolExecutionNotifications: notifications };
}

function unread(path: Location['path'], words: string): SarifNotification {
  return { ...remark(words), locations: [{ physicalLocation: { artifactLocation: artifact(path) } }] };
}

function remark(words: string): SarifNotification {
  return { level: 'warning', message: message(words) };
}

function location(place: Lines, words: string | null = null): SarifLocation {
  const { path, startLine, endLine } = place;
  const physicalLocation = { artifactLocation: artifact(path), region: { startLine, endLine } };
  return words === null ? { physicalLocation } : { message: { text: words }, physicalLocation };
}

function artifact(path: string): SarifArtifactLocation {
  return { uri: encodePath(path), uriBaseId: SOURCE_ROOT };
}

/** Braces stand for arguments in a message of SARIF, and brackets before parentheses for a link. */
function message(text: string): SarifMessage {
  const inert = showControls(text.replaceAll(/\s+/g, ' ')).replaceAll('](', '] (');
  return { text: inert.replaceAll(/[{}]/g, '$&$&') };
}

function scoreMap({ metrics, composites }: Scores): Record<string, number | null> {
  const known = new Map<string, number | null>([
    ...metrics,
    ...[...composites].map(([key, score]) => [KEY_PREFIX + key, score] as const),
  ]);
  return Object.fromEntries(SCORE_KEYS.map((key) => [key, rounded(known.get(key) ?? null)]));
}

function rounded(score: number | null): number | null {
  return score === null ? null : Math.round(score * 10_000) / 10_000 + 0;
}
