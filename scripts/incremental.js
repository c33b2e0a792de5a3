// Reviews the newest commits of local git repositories, one after the other from old to new: once with what earlier
// reviews found out, in a cache that begins empty, and once anew. Both must give the same bytes, and
// the same runs and verdicts behind them. A third review has the facts of earlier ones and none of their results, to tell
// what the results save: one anew is handed facts that were never packed, which no review outside this script is.
//
//   npm run incremental -- [--commits N] DIR...
//
// Prints a line for every commit that differs, and a sum with the processor time of each. Exits 1 where one does.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { detectors } from '../dist/detectors/catalog.js';
import { createChangeReview } from '../dist/src/app/review-change.js';
import { createFactCache } from '../dist/src/cache/fact-cache.js';
import { createRunCache } from '../dist/src/cache/run-cache.js';
import { openGitChange } from '../dist/src/git/git-change.js';
import { DEFAULT_BOUNDS } from '../dist/src/model/bounds.js';
import { DEFAULT_JUDGE_OPTIONS } from '../dist/src/model/rule.js';
import { loadPlaybook } from '../dist/src/playbook/load-playbook.js';
import { presentJson } from '../dist/src/presentation/json.js';
import { createFactExtraction } from '../dist/src/workers/fact-extraction.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { commits: { type: 'string', default: '20' } },
});
if (positionals.length === 0) {
  process.stderr.write('usage: npm run incremental -- [--commits N] DIR...\n');
  process.exit(2);
}

const bounds = DEFAULT_BOUNDS;
const playbook = await loadPlaybook(new URL('../dist/detectors/', import.meta.url));
const forgetting = { read: async () => new Map(), write: async () => {} };
let compared = 0;
let different = 0;
let findings = 0;
const spent = { incremental: 0, withFacts: 0, anew: 0 };
/** By the first review of a commit, for the others too: it is none of theirs. */
let reading = 0;
for (const repo of positionals) await compareHistory(repo);
process.stdout.write(
  `${compared} commits, ${findings} findings, ${different} differ; incremental reviews took ${seconds('incremental')} s, with facts alone ${seconds('withFacts')} s, anew ${seconds('anew')} s (without reading files)\n`,
);
process.exit(different === 0 ? 0 : 1);

async function compareHistory(repo) {
  const folder = await mkdtemp(join(tmpdir(), 'tunelint-incremental-'));
  const extraction = remembering(await createFactExtraction({ bounds }));
  const builds = { runs: 'trial', judging: 'trial' };
  const caches = {
    facts: createFactCache(join(folder, 'all')),
    runs: createRunCache(join(folder, 'all'), repo),
    builds,
  };
  const withFacts = { facts: createFactCache(join(folder, 'facts')), runs: forgetting, builds };
  try {
    for (const commit of commitsOf(repo)) {
      const incremental = await timed('incremental', () => review(repo, commit, extraction, caches));
      await timed('withFacts', () => review(repo, commit, extraction, withFacts));
      const anew = await timed('anew', () => review(repo, commit, extraction, null));
      compared += 1;
      findings += anew.findings;
      if (incremental.all === anew.all && incremental.json === anew.json) continue;
      different += 1;
      process.stdout.write(`${repo} ${commit}: ${firstDifference(incremental.all, anew.all)}\n`);
    }
  } finally {
    await extraction.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From old to new; merges and the first commit are left out. */
function commitsOf(repo) {
  const args = ['log', '--no-merges', '--first-parent', '--min-parents=1', '--format=%H', `-${values.commits}`];
  const out = execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' });
  return out.trim().split('\n').reverse();
}

async function review(repo, commit, extraction, caches) {
  const blobBytes = Math.max(bounds.sourceFileBytes, bounds.notebookBytes);
  const environment = process.env;
  const change = { repo, base: `${commit}~1`, head: commit, worktree: false, environment, blobBytes };
  const source = await openGitChange(change);
  try {
    const options = DEFAULT_JUDGE_OPTIONS;
    // The clock stands still, so that neither time nor timings make a difference.
    const made = { source, extraction, caches, detectors, bounds, options, clock: () => 0 };
    const { comparison, fixes, files, ...rest } = await createChangeReview(made)();
    const json = presentJson({ comparison, fixes, files, ...rest }, playbook);
    return { json, all: JSON.stringify({ comparison, fixes, files }, plain), findings: comparison.findings.length };
  } finally {
    await source.close();
  }
}

/** Runs and verdicts with every place, which no format tells in full. */
function plain(_, value) {
  if (value instanceof Map || value instanceof Set) return [...value];
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Facts hang on the content alone; to read it once is enough here. */
function remembering(extraction) {
  const known = new Map();
  const keyOf = ({ path, bytes }) => `${path} ${createHash('sha256').update(bytes).digest('hex')}`;
  return {
    ...extraction,
    extract: async (files) => {
      const lacking = files.filter((file) => !known.has(keyOf(file)));
      const start = processorSeconds();
      const facts = await extraction.extract(lacking);
      reading += processorSeconds() - start;
      lacking.forEach((file, index) => {
        known.set(keyOf(file), facts[index]);
      });
      return files.map((file) => known.get(keyOf(file)));
    },
  };
}

async function timed(which, work) {
  const start = processorSeconds() - reading;
  const result = await work();
  spent[which] += processorSeconds() - reading - start;
  return result;
}

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function seconds(which) {
  return spent[which].toFixed(1);
}

function firstDifference(a, b) {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return `${JSON.stringify(a.slice(at - 60, at + 60))} against ${JSON.stringify(b.slice(at - 60, at + 60))}`;
}
