/**
 * Strings and numbers with a rule of their own. Each has one constructor, which checks the rule at the edge
 * of the program; inside, the type is the proof and nobody checks again.
 */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A path inside a repository: relative, with `/` between its parts, no `.` or `..` part. */
export type RepoPath = Branded<string, 'RepoPath'>;
/** The object id of a file's content, as git computes it: 40 or 64 hexadecimal digits. */
export type BlobId = Branded<string, 'BlobId'>;
/** The object id of a commit, or of the tree that stands in for one when a work tree is reviewed. */
export type CommitSha = Branded<string, 'CommitSha'>;
/** A line as GitHub counts it: from 1. */
export type LineNumber = Branded<number, 'LineNumber'>;
/** One metric and the rules behind it, in kebab-case: `base-model-versioning`. */
export type DetectorId = Branded<string, 'DetectorId'>;
/** `detector/rule`. Permanent; it names the fault, not the cure. */
export type RuleId = Branded<string, 'RuleId'>;
/** A full metric key, `finetuning_architecture.…_score`. */
export type MetricKey = Branded<string, 'MetricKey'>;
/** What keeps a finding itself when lines move: 16 hexadecimal digits. */
export type Fingerprint = Branded<string, 'Fingerprint'>;
/**
 * What keeps a training run itself between base and head: its file, the name of its entry in it, and where one script trains with
 * several configurations which of them: `train.py#SFTTrainer@configs/small.yaml`.
 */
export type RunId = Branded<string, 'RunId'>;

const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export function repoPath(text: string): RepoPath {
  const parts = text.split('/');
  if (text === '' || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new RangeError(`"${text}" is not a path inside a repository`);
  }
  return text as RepoPath;
}

export function blobId(text: string): BlobId {
  return checked(text, OBJECT_ID, 'a git object id') as BlobId;
}

export function commitSha(text: string): CommitSha {
  return checked(text, OBJECT_ID, 'a git object id') as CommitSha;
}

export function lineNumber(value: number): LineNumber {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`${value} is not a line number; lines count from 1`);
  return value as LineNumber;
}

export function detectorId(text: string): DetectorId {
  return checked(text, KEBAB_CASE, 'a detector id') as DetectorId;
}

export function ruleId(text: string): RuleId {
  const [detector = '', rule = '', ...rest] = text.split('/');
  if (rest.length > 0 || !KEBAB_CASE.test(detector) || !KEBAB_CASE.test(rule)) {
    throw new RangeError(`"${text}" is not a rule id; write detector/rule`);
  }
  return text as RuleId;
}

export function metricKey(text: string): MetricKey {
  return checked(text, /^finetuning_architecture\.[a-z_]+$/, 'a metric key') as MetricKey;
}

export function fingerprint(text: string): Fingerprint {
  return checked(text, /^[0-9a-f]{16}$/, 'a fingerprint') as Fingerprint;
}

/**
 * What the fingerprints of equal faults of one file have in common. Only the last two digits tell these apart, by the
 * order in which they appear, which changes when one of them goes.
 */
export function kinOf(text: Fingerprint): string {
  return text.slice(0, 14);
}

/** `configuration` is empty for a run that is started in one way alone. */
export function runId(path: RepoPath, entry: string, configuration = ''): RunId {
  return `${path}#${entry}${configuration === '' ? '' : `@${configuration}`}` as RunId;
}

export function partsOfRunId(id: RunId): {
  readonly path: RepoPath;
  readonly entry: string;
  readonly configuration: string;
} {
  const hash = id.lastIndexOf('#');
  const rest = id.slice(hash + 1);
  const at = rest.indexOf('@');
  return {
    path: id.slice(0, hash) as RepoPath,
    entry: at === -1 ? rest : rest.slice(0, at),
    configuration: at === -1 ? '' : rest.slice(at + 1),
  };
}

function checked(text: string, rule: RegExp, what: string): string {
  if (!rule.test(text)) throw new RangeError(`"${text}" is not ${what}`);
  return text;
}
