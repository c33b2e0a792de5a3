// Counts findings and resolved settings over the histories of local git repositories, so that a jump is seen.
//
//   npm run field -- DIR...                    the newest tree of each repository
//   npm run field -- --commits 20 DIR...       and the last 20 commits of each that touch training files
//
// Repositories may be bare. Prints one table a question: training files and resolved settings by repository, findings
// by rule and repository and per hundred training files, and new findings over the commits. `--reasons` adds why the
// names and revisions of model loads that are not known are not. `--output FILE` writes
// the same figures as JSON. `--quartiles FILE` writes what scores the repositories have, for docs/metrics.md.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { table } from 'table';
import { detectors } from '../dist/detectors/catalog.js';
import { createChangeReview } from '../dist/src/app/review-change.js';
import { openGitChange } from '../dist/src/git/git-change.js';
import { DEFAULT_BOUNDS } from '../dist/src/model/bounds.js';
import { DEFAULT_JUDGE_OPTIONS, RULE_SET_VERSION } from '../dist/src/model/rule.js';
import { createFactExtraction } from '../dist/src/workers/fact-extraction.js';

const run = promisify(execFile);
const TRAINING_FILES = ['*.py', '*.ipynb', '*.yaml', '*.yml', '*.json', '*.sh'];
/** The causes of `src/model/setting.ts` in words. */
const CAUSES = {
  option: 'said on the command line, and no command of the tree says it',
  commands: 'commands differ, or take it from what only the shell knows',
  environment: 'a variable of the environment',
  parameter: 'a parameter whose callers are not known, or too many',
  branches: 'one of several values',
  call: 'what a call gives back',
  attribute: 'what an object holds that is not followed',
  name: 'a name that is defined nowhere here',
  file: 'a file that is not in the tree',
  expression: 'arithmetic, a loop and the like',
  bound: 'too long a way',
  absent: 'no name at all',
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    commits: { type: 'string', default: '0' },
    output: { type: 'string' },
    quartiles: { type: 'string' },
    reasons: { type: 'boolean', default: false },
  },
});
if (positionals.length === 0) {
  process.stderr.write('usage: npm run field -- [--commits N] [--output FILE] [--quartiles FILE] [--reasons] DIR...\n');
  process.exit(2);
}

const extraction = await createFactExtraction({ bounds: DEFAULT_BOUNDS });
const repositories = [];
for (const folder of positionals) {
  process.stderr.write(`${folder}\n`);
  repositories.push(await readRepository(folder));
}
await extraction.close();
print(repositories);
if (values.quartiles !== undefined)
  await writeFile(values.quartiles, `${JSON.stringify(quartilesOf(repositories), null, 2)}\n`);
if (values.output !== undefined) await writeFile(values.output, `${JSON.stringify(repositories, null, 2)}\n`);

async function readRepository(folder) {
  // Against itself a tree has no change: every finding it holds is there, and none is new.
  const review = await reviewChange(folder, 'HEAD', 'HEAD');
  const { runs, scores } = review.comparison.head;
  const files = new Set(runs.map(({ run: it }) => it.files[0]));
  const commits = [];
  for (const commit of await lastCommits(folder, Number(values.commits))) {
    const found = await reviewChange(folder, `${commit}^`, commit).catch((error) => ({ error: error.message }));
    commits.push({ commit, ...('error' in found ? found : newFindings(found)) });
  }
  return {
    name: nameOf(folder),
    files: files.size,
    runs: runs.length,
    settings: resolved(runs),
    rules: countBy(review.comparison.findings, (finding) => finding.rule),
    commit: review.snapshot.head.commit,
    scores: { ...Object.fromEntries(scores.metrics), ...Object.fromEntries(scores.composites) },
    commits,
  };
}

/** Of the repositories that train something. */
function quartilesOf(all) {
  const training = all.filter((it) => it.runs > 0);
  const keys = [...new Set(training.flatMap((it) => Object.keys(it.scores)))];
  const rows = keys.flatMap((key) => {
    const known = training.flatMap((it) => it.scores[key] ?? []).sort((a, b) => a - b);
    if (known.length === 0) return [];
    const [lower, median, upper] = [0.25, 0.5, 0.75].map((part) => Number(quantile(known, part).toFixed(3)));
    return [[key, { known: known.length, lower, median, upper }]];
  });
  const repositories = training.map((it) => `${it.name.replace('+', '/')}@${it.commit.slice(0, 9)}`);
  return { ruleSet: RULE_SET_VERSION, repositories, scores: Object.fromEntries(rows) };
}

/** Between two neighbours of a sorted list, by the share of the way. */
function quantile(sorted, part) {
  const at = part * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at));
}

/** A bare copy is often called `repo` in a folder that bears the name. */
function nameOf(folder) {
  const name = basename(folder.replace(/\/+$/, '').replace(/\.git$/, ''));
  return name === 'repo' ? basename(dirname(folder)) : name;
}

async function reviewChange(repo, base, head) {
  const source = await openGitChange({
    repo,
    base,
    head,
    worktree: false,
    environment: process.env,
    blobBytes: DEFAULT_BOUNDS.sourceFileBytes,
  });
  try {
    const options = DEFAULT_JUDGE_OPTIONS;
    const clock = () => performance.now();
    return await createChangeReview({
      source,
      extraction,
      caches: null,
      detectors,
      bounds: DEFAULT_BOUNDS,
      options,
      clock,
    })();
  } finally {
    await source.close();
  }
}

/** How many names and revisions of model loads are known, and by what keeps the others from it. */
function resolved(runs) {
  const loads = runs.flatMap(({ run: it }) => it.loads.filter((load) => load.what === 'model'));
  const open = loads.flatMap((load) => unresolved(load) ?? []);
  const byDefault = loads.filter((load) => unresolved(load) === null && load.name.byDefault === true);
  const reasons = {};
  for (const { cause, example } of open) {
    reasons[cause] ??= { count: 0, example };
    reasons[cause].count += 1;
  }
  return { loads: loads.length, known: loads.length - open.length, byDefault: byDefault.length, reasons };
}

/** The first part of a load that is not known, and why; null where all of it is. */
function unresolved({ at, name, revision, open }) {
  const states = [name, revision.state === 'inexpressible' ? { state: 'absent' } : revision];
  const part = states.find((it) => it.state === 'dynamic') ?? (revision.state === 'absent' ? open : null);
  if (part === null)
    return name.state === 'literal' ? null : { cause: 'absent', example: `${at.path}:${at.startLine}` };
  return { cause: part.cause ?? 'not followed', example: `${at.path}:${at.startLine} ${part.expression}` };
}

function newFindings({ comparison }) {
  const fresh = comparison.findings.filter((finding) => finding.state === 'new');
  return {
    inline: countBy(
      fresh.filter((finding) => finding.inline),
      (finding) => finding.rule,
    ),
    other: fresh.filter((finding) => !finding.inline).length,
  };
}

async function lastCommits(folder, most) {
  if (most === 0) return [];
  const log = ['log', '--no-merges', `--max-count=${most}`, '--format=%H', 'HEAD^', '--', ...TRAINING_FILES];
  const { stdout } = await run('git', ['-C', folder, ...log]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter((line) => line !== '');
}

function print(all) {
  const known = (it) =>
    it.settings.loads === 0 ? '–' : `${Math.round((100 * it.settings.known) / it.settings.loads)} %`;
  const overview = all.map((it) => [it.name, it.files, it.runs, it.settings.loads, known(it), it.settings.byDefault]);
  process.stdout.write(
    table([['repository', 'training files', 'runs', 'model loads', 'resolved', 'of them by default'], ...overview]),
  );
  if (values.reasons) printReasons(all);
  const rules = [...new Set(all.flatMap((it) => Object.keys(it.rules)))].sort();
  const rows = rules.flatMap((rule) =>
    all
      .filter((it) => it.rules[rule] !== undefined)
      .map((it) => [rule, it.name, it.rules[rule], ((100 * it.rules[rule]) / Math.max(1, it.files)).toFixed(0)]),
  );
  process.stdout.write(table([['rule', 'repository', 'findings', 'per 100 files'], ...rows]));
  const commits = all.filter((it) => it.commits.length > 0).map(commitRow);
  if (commits.length > 0) {
    process.stdout.write(table([['repository', 'commits', 'silent', 'inline findings', 'by rule'], ...commits]));
  }
}

function printReasons(all) {
  const total = {};
  for (const { name, settings } of all) {
    for (const [cause, { count, example }] of Object.entries(settings.reasons)) {
      total[cause] ??= { count: 0, example: `${name}: ${example}` };
      total[cause].count += count;
    }
  }
  const rows = Object.entries(total)
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([cause, { count, example }]) => [CAUSES[cause] ?? cause, count, example.slice(0, 100)]);
  process.stdout.write(table([['not resolved because of', 'loads', 'for example'], ...rows]));
}

function commitRow({ name, commits }) {
  const counted = commits.map((it) => Object.values(it.inline ?? {}).reduce((sum, count) => sum + count, 0));
  const silent = counted.filter((count) => count === 0).length;
  const byRule = {};
  for (const { inline = {} } of commits)
    for (const [rule, count] of Object.entries(inline)) byRule[rule] = (byRule[rule] ?? 0) + count;
  const inline = counted.reduce((sum, count) => sum + count, 0);
  return [
    name,
    commits.length,
    silent,
    inline,
    Object.entries(byRule)
      .map(([rule, count]) => `${rule} ${count}`)
      .join('\n'),
  ];
}

function countBy(items, keyOf) {
  const counts = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
