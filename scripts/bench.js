// Measures Tunelint on the newest commit of a local git repository, as ratios within one run, so that the speed of the
// machine falls out. Medians of seven passes that take turns. Each measure has a process of its own: what one keeps in
// memory would make the next one slower.
//
//   npm run bench -- DIR
//
// Prints each ratio beside what it should stay below. It judges nothing and always exits 0: look, then mend.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from 'table';
import { detectors } from '../dist/detectors/catalog.js';
import { judgeTree } from '../dist/src/app/judge-tree.js';
import { KeptRuns } from '../dist/src/app/kept-runs.js';
import { createChangeReview } from '../dist/src/app/review-change.js';
import { createFactCache } from '../dist/src/cache/fact-cache.js';
import { createRunCache } from '../dist/src/cache/run-cache.js';
import { compareReports } from '../dist/src/comparison/compare-reports.js';
import { decodeSource, extractFacts, loadFrontEnds } from '../dist/src/frontends/all.js';
import { loadGrammar } from '../dist/src/frontends/grammar.js';
import { openGitChange } from '../dist/src/git/git-change.js';
import { DEFAULT_BOUNDS } from '../dist/src/model/bounds.js';
import { DEFAULT_JUDGE_OPTIONS } from '../dist/src/model/rule.js';
import { findRuns } from '../dist/src/runs/find-runs.js';
import { sourceOf } from '../dist/src/runs/tree/tree-source.js';
import { createFactExtraction } from '../dist/src/workers/fact-extraction.js';

const PASSES = 7;
const CHANGED_FILES = 3;
/** Python files that are read one after the other before the same are parsed. */
const GROUP = 10;
const bounds = DEFAULT_BOUNDS;
const options = DEFAULT_JUDGE_OPTIONS;
const [, , folder, only] = process.argv;
if (folder === undefined) {
  process.stderr.write('usage: npm run bench -- DIR\n');
  process.exit(2);
}

const MEASURES = {
  facts: { name: 'facts of Python / bare parse of the same bytes', most: '1.5', take: factsAgainstParse },
  after: { name: 'everything after facts / facts', most: '0.25', take: afterAgainstFacts },
  cachedFacts: {
    name: 'a change, with cached facts / without a cache',
    most: '0.33',
    take: () => warmAgainstCold(false),
  },
  cachedResults: {
    name: 'a change, with cached results of runs / without a cache',
    most: '0.1',
    take: () => warmAgainstCold(true),
  },
  memory: { name: 'peak memory of a review without a cache, MiB', most: '400', take: peakMebibytes },
};
if (only !== undefined) {
  process.stdout.write(String(await MEASURES[only].take()));
  process.exit(0);
}
const files = await readHead(await loadFrontEnds());
const python = pythonOf(files);
process.stdout.write(`${files.length} files, ${python.length} of them Python, ${megabytes(files)} MB\n`);
const rows = Object.entries(MEASURES).map(([key, { name, most }]) => [name, measured(key), most]);
process.stdout.write(table([['measure', 'measured', 'should be at most'], ...rows]));

function measured(key) {
  const { stdout, status } = spawnSync(process.execPath, [process.argv[1], folder, key], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the measure ${key} ended with ${status}`);
  return stdout;
}

async function factsAgainstParse() {
  const grammar = await loadGrammar('python');
  const frontEnds = await loadFrontEnds();
  const sources = pythonOf(await readHead(frontEnds));
  const extract = (group) => {
    for (const source of group) extractFacts(frontEnds, source, bounds);
  };
  const parse = (group) => {
    for (const { bytes } of group) grammar.withTree(decodeSource(bytes).text, bounds.parseMilliseconds, () => null);
  };
  // The two take turns every few files, so that both see the same machine where others work on it.
  const groups = Array.from({ length: Math.ceil(sources.length / GROUP) }, (_, index) =>
    sources.slice(index * GROUP, (index + 1) * GROUP),
  );
  const ratios = [];
  for (let pass = 0; pass <= PASSES; pass += 1) {
    const spent = { extract: 0, parse: 0 };
    for (const group of groups) {
      spent.extract += await timed(() => extract(group));
      spent.parse += await timed(() => parse(group));
    }
    // The first pass warms up.
    if (pass > 0) ratios.push(spent.extract / spent.parse);
  }
  return median(ratios).toFixed(2);
}

/** Both sides are judged, as a review does; their facts are read once, as most files are on both. */
async function afterAgainstFacts() {
  const frontEnds = await loadFrontEnds();
  const files = await readHead(frontEnds);
  const read = () => new Map(files.map((file) => [file.path, extractFacts(frontEnds, file, bounds)]));
  const paths = new Set(files.map((file) => file.path));
  return ratio(
    () => {
      const facts = read();
      return async () => {
        const known = new KeptRuns();
        const judged = async () => {
          const tree = sourceOf({ paths: new Set(paths), files: facts, unread: new Map() });
          return (await judgeTree(tree, { detectors, options, known, fetchFacts: async () => {} })).report;
        };
        const sides = { base: await judged(), head: await judged() };
        compareReports({ ...sides, changes: [], detectors, options, unreadOnBase: new Set() });
      };
    },
    () => read,
    true,
  );
}

/** Every pass reviews another change to the same three files, over what the review of its base has left in the caches. */
async function warmAgainstCold(withResults) {
  const changed = await changedFiles();
  const changing = (pass) => (source) => edited(source, changed, pass);
  const cacheFolder = await mkdtemp(join(tmpdir(), 'tunelint-bench-'));
  try {
    const kept = {
      facts: createFactCache(cacheFolder),
      runs: createRunCache(cacheFolder, folder),
      builds: { runs: 'bench', judging: 'bench' },
    };
    await review(kept, (source) => source);
    let pass = 0;
    return await ratio(
      () =>
        review(withResults ? kept : { ...kept, builds: { runs: 'bench', judging: `rules ${pass}` } }, changing(pass++)),
      () => review(null, changing(pass++)),
    );
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

async function review(caches, change) {
  const source = change(await openChange('HEAD'));
  const extraction = await createFactExtraction({ bounds });
  try {
    const clock = () => performance.now();
    return await createChangeReview({ source, extraction, caches, detectors, bounds, options, clock })();
  } finally {
    await extraction.close();
    await source.close();
  }
}

/** The newest commit against itself with a comment at the end of some files. */
function edited(source, changed, pass) {
  const texts = new Map();
  return {
    ...source,
    snapshot: async () => {
      const snapshot = await source.snapshot();
      const head = new Map(snapshot.head.files);
      const blobs = changed.map((path) => head.get(path).blob);
      const contents = await source.readBlobs(blobs);
      const changes = changed.map((path, index) => {
        const { bytes } = contents.get(blobs[index]);
        const text = Buffer.concat([bytes, Buffer.from(`\n# pass ${pass}\n`)]);
        const blob = createHash('sha1').update(text).digest('hex');
        texts.set(blob, { state: 'read', bytes: text });
        head.set(path, { ...head.get(path), blob, size: text.length });
        return { status: 'modified', path, previousPath: null, hunks: [], opaque: true };
      });
      return { ...snapshot, head: { ...snapshot.head, files: head }, changes };
    },
    readBlobs: async (ids) => {
      const own = ids.filter((id) => texts.has(id));
      const others = await source.readBlobs(ids.filter((id) => !texts.has(id)));
      return new Map([...others, ...own.map((id) => [id, texts.get(id)])]);
    },
  };
}

/** Three files that runs hang on, from the beginning, the middle and the end of the tree. */
async function changedFiles() {
  const frontEnds = await loadFrontEnds();
  const files = await readHead(frontEnds);
  const facts = new Map(files.map((file) => [file.path, extractFacts(frontEnds, file, bounds)]));
  const runs = findRuns({ paths: new Set(facts.keys()), files: facts, unread: new Map() });
  const reached = [...new Set(runs.flatMap((run) => run.files))].filter((path) => /\.(?:py|ya?ml)$/.test(path)).sort();
  return Array.from({ length: CHANGED_FILES }, (_, index) => {
    const at = Math.floor(((index + 0.5) / CHANGED_FILES) * reached.length);
    return reached[at];
  });
}

function openChange(base) {
  const blobBytes = Math.max(bounds.sourceFileBytes, bounds.notebookBytes);
  return openGitChange({ repo: folder, base, head: 'HEAD', worktree: false, environment: process.env, blobBytes });
}

/** Every file of the newest commit that a front-end reads. */
async function readHead(frontEnds) {
  const source = await openChange('HEAD');
  try {
    const { head } = await source.snapshot();
    const wanted = [...head.files].filter(
      ([path, file]) => file.kind === 'file' && frontEnds.some((it) => it.claims(path)),
    );
    const contents = await source.readBlobs(wanted.map(([, file]) => file.blob));
    return wanted.flatMap(([path, file]) => {
      const content = contents.get(file.blob);
      return content?.state === 'read' ? [{ path, bytes: content.bytes }] : [];
    });
  } finally {
    await source.close();
  }
}

/** The median of the ratios of seven pairs; `prepared` means that the functions make what is measured. */
async function ratio(first, second, prepared = false) {
  const ratios = [];
  for (let pass = 0; pass <= PASSES; pass += 1) {
    const [a, b] = [await timed(prepared ? first() : first), await timed(prepared ? second() : second)];
    // The first pass warms up.
    if (pass > 0) ratios.push(a / b);
  }
  return median(ratios).toFixed(2);
}

async function timed(work) {
  const start = process.cpuUsage();
  const wall = performance.now();
  await work();
  const { user, system } = process.cpuUsage(start);
  // What waits for the disk takes wall time and no processor.
  return Math.max((user + system) / 1000, (performance.now() - wall) / 4);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function peakMebibytes() {
  await review(null, (source) => source);
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function pythonOf(all) {
  return all.filter((file) => file.path.endsWith('.py'));
}

function megabytes(all) {
  return (all.reduce((sum, file) => sum + file.bytes.length, 0) / 1e6).toFixed(1);
}
