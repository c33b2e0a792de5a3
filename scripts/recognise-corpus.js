// Prints what each file of a corpus of configuration files is recognised as, beside what its manifest says.
//
//   npm run build && node scripts/recognise-corpus.js CORPUS
//
// CORPUS holds `configs/` and `negatives/`, each with a MANIFEST.tsv: file, repository, path, commit, licence, stack,
// method. Every file is laid out at its path in a tree of its repository, since a path is part of what a file says.
// Exit 1 when a file is taken for a stack that it is not, or one of the stacks we read is missed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { table } from 'table';
import { extractFacts, loadFrontEnds } from '../dist/src/frontends/all.js';
import { DEFAULT_BOUNDS } from '../dist/src/model/bounds.js';
import { findRuns } from '../dist/src/runs/find-runs.js';

/** The manifest's names for the stacks that this version reads. */
const STACKS = new Map([
  ['axolotl', 'axolotl'],
  ['llama-factory', 'llama-factory'],
  ['llama-factory-v1', 'llama-factory-v1'],
  ['torchtune', 'torchtune'],
  ['trl-cli', 'trl-cli'],
  ['trl-recipe', 'trl-recipe'],
  ['open-instruct', 'open-instruct'],
  ['hf-trainer YAML', 'hf-trainer'],
]);
/** Stacks that may go unrecognised, and of which the method may be unknown. */
const MAY_MISS = new Set(['llama-factory-v1', 'hf-trainer', 'open-instruct']);

const [, , corpus] = process.argv;
if (corpus === undefined) {
  process.stderr.write('usage: node scripts/recognise-corpus.js CORPUS\n');
  process.exit(2);
}

const frontEnds = await loadFrontEnds();
const rows = [...judgeFolder('configs'), ...judgeFolder('negatives')];
process.stdout.write(table([['file', 'manifest', 'recognised as', ''], ...rows]));
const wrong = rows.filter((row) => row[3] === 'WRONG' || row[3] === 'MISSED');
const recognised = rows.filter((row) => row[2] !== 'unrecognised').length;
process.stdout.write(`${rows.length} files, ${recognised} recognised, ${wrong.length} wrong or missed\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;

function judgeFolder(folder) {
  const manifest = parse(readFileSync(join(corpus, folder, 'MANIFEST.tsv')), {
    columns: true,
    delimiter: '\t',
    quote: null,
  });
  return manifest.map((row) => judgeFile(folder, row, manifest));
}

function judgeFile(folder, row, manifest) {
  const siblings = manifest.filter((it) => it.repository === row.repository);
  const text = readFileSync(join(corpus, folder, row.file));
  const facts = extractFacts(frontEnds, { path: row.path, bytes: text }, DEFAULT_BOUNDS);
  const tree = {
    paths: new Set(siblings.map((it) => it.path)),
    files: new Map([[row.path, facts]]),
    unread: new Map(),
  };
  const runs = findRuns(tree);
  const seen = runs.map((run) => `${run.stack} ${run.method}`).join(', ') || 'unrecognised';
  return [row.path, `${row.stack} ${row.method}`, seen, outcome(folder, row, runs)];
}

function outcome(folder, row, runs) {
  const stack = STACKS.get(withoutRemarks(row.stack));
  const method = methodOf(row.method);
  const trains = folder === 'configs' && stack !== undefined && method !== null;
  if (runs.length === 0) return trains && !MAY_MISS.has(stack) ? 'MISSED' : 'ok';
  const right =
    trains && runs.every((run) => run.stack === stack && (run.method === method || mayBeUnknown(stack, run)));
  return right ? 'ok' : 'WRONG';
}

function mayBeUnknown(stack, run) {
  return MAY_MISS.has(stack) && run.method === 'unknown';
}

/** Null for files that the manifest calls something other than training. */
function methodOf(text) {
  if (/\(not training\)|context only|^dataset registry|none|sampling/.test(text)) return null;
  const method = withoutRemarks(text).split(' ')[0];
  return method === 'reward-model' ? 'reward' : method;
}

function withoutRemarks(text) {
  return text.replace(/\s*\(.*\)$/, '');
}
