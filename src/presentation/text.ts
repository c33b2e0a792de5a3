import type { Finding, WorsenedPair } from '../model/comparison.js';
import type { Review } from '../model/review.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { coverageCounts, failureSentences, unreadSentences } from './coverage-words.js';
import { type DegradedMetric, degradedMetrics, stalledWords } from './degraded-metrics.js';
import { goneFinding, shortFinding, type Telling, wholeFinding } from './finding-text.js';
import { EMPTY_LINE, indent, type Line, renderLines, showControls, span, wrap } from './lines.js';
import { toldAt } from './place.js';
import { compositeTable, metricTable } from './score-table.js';
import { withoutSecrets } from './without-secrets.js';
import { count, headlineOf, placeWords, reachWords, runNames, scoreWords, severityOf, touchesRuns } from './wording.js';

export interface TextOptions {
  readonly colour: boolean;
  /** Columns of the terminal. Places, quotes and diffs are never broken, so they may be longer. */
  readonly width: number;
}

/**
 * A review for a terminal. Nothing a repository holds can move the cursor, set a colour or reverse a line in it, and no
 * secret is in it.
 */
export function presentText(made: Review, playbook: Playbook, options: TextOptions): string {
  const review = withoutSecrets(made);
  const telling = { review, playbook, names: runNames(review), width: options.width };
  const parts = [
    [[span('strong', headlineOf(review))]],
    ...(touchesRuns(review) ? [...findingParts(telling), ...scoreParts(telling)] : []),
    filesPart(telling),
    failuresPart(telling),
  ];
  const filled = parts.filter((lines) => lines.length > 0);
  return renderLines(
    filled.flatMap((lines, index) => (index === 0 ? lines : [EMPTY_LINE, ...lines])),
    options.colour,
  );
}

type Part = readonly Line[];

function findingParts(telling: Telling): Part[] {
  const { findings } = telling.review.comparison;
  const fresh = findings.filter(({ state }) => state === 'new');
  const gone = findings.filter(({ state }) => state === 'absent');
  return [
    ...fresh.filter((finding) => severityOf(finding) !== 'notice').map((finding) => wholeFinding(finding, telling)),
    titled('Worth knowing', [
      ...fresh
        .filter((finding) => severityOf(finding) === 'notice')
        .flatMap((finding) => shortFinding(finding, telling)),
      ...brokenLinks(telling),
    ]),
    titled('Changed, and still to mend', told(findings, 'updated', telling)),
    titled('Fixed', gone.filter(({ gone }) => gone === 'fixed').map(goneFinding)),
    titled('Removed with its run', gone.filter(({ gone }) => gone === 'removed').map(goneFinding)),
    titled('Can no longer be told', gone.filter(({ gone }) => gone === 'unknown').map(goneFinding)),
    preExisting(findings.filter(({ state }) => state === 'unchanged').length),
  ];
}

function told(findings: readonly Finding[], state: Finding['state'], telling: Telling): Part {
  return findings.filter((finding) => finding.state === state).flatMap((finding) => shortFinding(finding, telling));
}

function brokenLinks({ review, names }: Telling): Part {
  return review.comparison.brokenLinks.flatMap(({ run, path, at }) => [
    [span('notice', 'notice'), '  ', span('strong', placeWords(at))],
    [`  names ${path}, which this change deletes. Point ${names.get(run) ?? run} at a file that stays.`],
  ]);
}

function preExisting(number: number): Part {
  if (number === 0) return [];
  const were = number === 1 ? 'was' : 'were';
  return [[span('faint', `${count(number, 'finding')} ${were} there before this change and ${were} left out.`)]];
}

function scoreParts(telling: Telling): Part[] {
  const { comparison } = telling.review;
  return [metricTable(comparison), degradedPart(telling), compositeTable(comparison), stalledPart(telling)];
}

function degradedPart(telling: Telling): Part {
  return degradedMetrics(telling.review.comparison).flatMap((degraded) => degradedMetric(degraded, telling));
}

function degradedMetric({ title, compared, causes, silent }: DegradedMetric, telling: Telling): Part {
  const { playbook, names } = telling;
  return [
    [span('bad', `▼ ${title}`), ` degraded (${compared.metric})`],
    [span('strong', '  Minimal fix: '), `"${playbook.minimalFix(compared.metric)}"`],
    ...causes.map((cause) => [`  ${placeWords(toldAt(cause))}  ${cause.rule}, ${reachWords(cause, names)}`]),
    ...silent.map((pair) => [`  ${pairWords(pair, telling)}`]),
  ];
}

function pairWords({ run, rule, from, to }: WorsenedPair, { names }: Telling): string {
  return `${names.get(run) ?? run}  ${rule} fell from ${scoreWords(from)} to ${scoreWords(to)}`;
}

function stalledPart({ review, width }: Telling): Part {
  const words = stalledWords(review.comparison);
  return words === null ? [] : wrap(words, width).map((line) => [line]);
}

function filesPart({ review, width }: Telling): Part {
  const sentences = unreadSentences(review);
  if (!touchesRuns(review) && sentences.length === 0) return [];
  return titled(
    `Files: ${coverageCounts(review)}`,
    sentences.flatMap((words) => wrap(showControls(words), width - 2)).map((line) => [line]),
    true,
  );
}

function failuresPart({ review, width }: Telling): Part {
  return failureSentences(review)
    .flatMap((words) => wrap(words, width))
    .map((line) => [line]);
}

/** Lines under a title; nothing where there are none, unless the title says enough. */
function titled(title: string, lines: Part, always = false): Part {
  return lines.length === 0 && !always ? [] : [[span('strong', title)], ...indent(lines, 2)];
}
