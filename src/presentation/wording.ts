import type { Finding } from '../model/comparison.js';
import { assertNever } from '../model/expression.js';
import type { PartialReading } from '../model/fact.js';
import type { CommitSha, RepoPath, RunId } from '../model/identifiers.js';
import type { Location } from '../model/location.js';
import type { Review } from '../model/review.js';
import { SEVERITIES, type Severity } from '../model/verdict.js';

/** The verdict of a review in one line. */
export function headlineOf(review: Review): string {
  return `${verdictOf(review)} · ${rangeOf(review)}`;
}

/** What became of the findings, in numbers. */
export function verdictOf(review: Review): string {
  if (!touchesRuns(review)) return 'Nothing in this change touches a training run';
  const { findings } = review.comparison;
  const fresh = findings.filter(({ state }) => state === 'new');
  const parts = [
    isFirstRun(review) ? firstRunWords(review, fresh) : newWords(fresh),
    ...counted(findings.filter(({ state }) => state === 'updated').length, 'updated'),
    ...counted(findings.filter(({ gone }) => gone === 'fixed').length, 'fixed'),
    ...counted(findings.filter(({ gone }) => gone === 'removed').length, 'removed with its run'),
  ];
  return parts.join(', ');
}

/** `base 1234567 → head 89abcde`. */
export function rangeOf({ snapshot }: Review): string {
  return `base ${shortCommit(snapshot.base.commit)} → head ${shortCommit(snapshot.head.commit)}`;
}

/** Whether the base trains nothing and the head does, so that there is nothing to compare with. */
export function isFirstRun({ comparison }: Review): boolean {
  return comparison.base.runs.length === 0 && comparison.head.runs.length > 0;
}

/** Whether the change has to do with training: a run reaches a changed file, or something was found or mended. */
export function touchesRuns({ comparison, snapshot }: Review): boolean {
  const reached = new Set([...comparison.base.runs, ...comparison.head.runs].flatMap(({ run }) => run.files));
  const changed = snapshot.changes.flatMap(({ path, previousPath }) => [path, previousPath]);
  return (
    comparison.brokenLinks.length > 0 ||
    comparison.findings.some(({ state }) => state !== 'unchanged') ||
    changed.some((path) => path !== null && reached.has(path))
  );
}

/** A house habit is told as a notice, whatever its rule says. */
export function severityOf({ fault, habit }: Finding): Severity {
  return habit === null ? fault.severity : 'notice';
}

/** `1 finding`, `2 findings`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], limit = 3): string {
  const shown = names.length > limit + 1 ? names.slice(0, limit) : names;
  const rest = names.length - shown.length;
  const parts = rest === 0 ? shown : [...shown, `${rest} more`];
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** The form that terminals and editors make a link of. */
export function placeWords(place: { readonly path: string; readonly startLine: number }): string {
  return `${place.path}:${place.startLine}`;
}

/** Where a value comes from, or null where it stands where it is used. */
export function chainWords(chain: readonly Location[], tell: (place: Location) => string = placeWords): string | null {
  const places = [...new Set(chain.map(tell))];
  const [used, ...others] = places;
  const set = others.pop();
  if (used === undefined || set === undefined) return null;
  const through = others.length === 0 ? '' : `passed on in ${listed(others.reverse(), 4)}, `;
  return `set in ${set}, ${through}used in ${used}`;
}

/** The names of runs for people, by id, of both sides. */
export function runNames({ comparison }: Review): ReadonlyMap<RunId, string> {
  return new Map([...comparison.base.runs, ...comparison.head.runs].map(({ run }) => [run.id, run.name]));
}

/** `reaches 3 runs: a, b and c`. */
export function reachWords(finding: Finding, names: ReadonlyMap<RunId, string>): string {
  const known = finding.runs.map((run) => names.get(run) ?? run);
  return `reaches ${count(known.length, 'run')}: ${listed(known)}`;
}

/** A score with three decimals, `–` where there is none. */
export function scoreWords(score: number | null): string {
  return score === null ? '–' : score.toFixed(3);
}

/** A part of a whole, from 0 to 1, as whole percents. */
export function percentWords(part: number): string {
  return `${Math.round(100 * part)} %`;
}

/** A difference of scores with its sign; 0.000 has none. */
export function deltaWords(delta: number | null): string {
  if (delta === null) return '–';
  const words = delta.toFixed(3);
  if (Number(words) === 0) return '0.000';
  return delta > 0 ? `+${words}` : words;
}

/** What could not be read of a file, and what follows from it, as one sentence. */
export function readingWords(path: RepoPath, reading: PartialReading, extent: 'in part' | 'not at all'): string {
  const line = reading.line === null ? '' : ` near line ${reading.line}`;
  const how = extent === 'in part' ? 'was read in part' : 'was skipped';
  const detail = reading.detail === null ? '' : ` (${reading.detail})`;
  return `${path} ${how}: ${reasonWords(path, reading)}${line}${detail}.`;
}

/** What became of files whose names no report can hold, as one sentence. */
export function unaddressableWords(number: number): string {
  const were = number === 1 ? 'was left out: its name is' : 'were left out: their names are';
  return `${count(number, 'file')} ${were} not UTF-8; rename in UTF-8 to have what is inside read.`;
}

function newWords(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no new findings';
  const severities = severityWords(findings.filter((finding) => severityOf(finding) !== 'notice'));
  return `${count(findings.length, 'finding')} new${severities === '' ? '' : ` (${severities})`}`;
}

function firstRunWords({ comparison }: Review, findings: readonly Finding[]): string {
  const runs = comparison.head.runs.length === 1 ? 'first training run' : 'first training runs';
  return `${runs}: ${findings.length === 0 ? 'no findings' : severityWords(findings)}`;
}

function severityWords(findings: readonly Finding[]): string {
  const counts = SEVERITIES.map((severity) => {
    const number = findings.filter((finding) => severityOf(finding) === severity).length;
    return number === 0 ? null : count(number, severity);
  });
  return counts.filter((words) => words !== null).join(', ');
}

function counted(number: number, words: string): string[] {
  return number === 0 ? [] : [`${number} ${words}`];
}

function shortCommit(commit: CommitSha): string {
  return commit.slice(0, 7);
}

function reasonWords(path: RepoPath, { reason }: PartialReading): string {
  switch (reason) {
    case 'syntax-error':
      return `${languageOf(path)} syntax error`;
    case 'too-large':
      return 'it is larger than the bound for its kind of file';
    case 'too-deep':
      return 'it is nested deeper than the bound';
    case 'too-many-aliases':
      return 'it has more YAML aliases than the bound';
    case 'too-slow':
      return 'reading it took longer than the bound';
    case 'not-utf8':
      return 'it is not UTF-8; save it as UTF-8 to have it read';
    case 'binary':
      return 'it is binary';
    case 'missing':
      return 'its content is not in this clone; fetch it to have it read';
    case 'lfs-pointer':
      return 'it is a Git LFS pointer, and what it points to is kept elsewhere';
    case 'link':
      return 'it is a symbolic link';
    case 'bound-reached':
      return 'the bound on the number of files was reached';
    case 'crashed':
      return 'its parser stopped, which is our fault and not yours';
    default:
      return assertNever(reason);
  }
}

const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/\.pyi?$/, 'Python'],
  [/\.ipynb$/, 'notebook'],
  [/\.ya?ml$/, 'YAML'],
  [/\.jsonc?$/, 'JSON'],
  [/\.toml$/, 'TOML'],
  [/\.(?:sh|bash)$/, 'shell'],
];

function languageOf(path: RepoPath): string {
  return LANGUAGES.find(([name]) => name.test(path))?.[1] ?? 'a';
}
