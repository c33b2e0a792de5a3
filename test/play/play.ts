import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { table } from 'table';
import { startAppBehind } from '../github/stand-in/app-process.js';
import { startGithub } from '../github/stand-in/stand-in.js';
import { extractionInThread } from '../support/source-tree.js';
import { chooseCommits } from './choose-commits.js';
import { Life, type PlayedStep, type Stage } from './life.js';
import { RealChange } from './real-change.js';
import type { Step } from './step.js';
import { told } from './told.js';
import { allowedRequests } from './what-holds.js';

interface Part {
  readonly repository: string;
  readonly name: string;
  readonly commit: string;
}

/** Plays all, and gives the exit code: 1 where something does not hold, 2 for wrong usage. */
export async function play(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    process.stderr.write('usage: npm run play -- DIR... or DIR@SHA,SHA...\n');
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tunelint-play-app-'));
  const github = await startGithub();
  const app = await startAppBehind({ github, dataDir: folder });
  const stage = { github, app, extraction: await extractionInThread() };
  const rows: string[][] = [];
  let faults = 0;
  try {
    for (const [at, part] of args.flatMap(partsOf).entries()) {
      faults += await playPart(stage, part, 700 + at, ({ step, faults: own }) => rows.push(rowOf(part, step, own)));
    }
  } finally {
    await app.stop();
    await github.close();
    rmSync(folder, { recursive: true, force: true });
  }
  print(table([HEADER, ...rows], { columns: { 8: { width: 60, wrapWord: true } } }));
  print(`${faults} faults`);
  return faults === 0 ? 0 : 1;
}

function partsOf(arg: string): readonly Part[] {
  const [, repository = arg, named] = /^(.*)@([0-9a-f,]+)$/.exec(arg) ?? [];
  const last = basename(repository);
  // A mirror may lie in a folder that is named for it.
  const name = (/^(?:repo|\.git|)$/.test(last) ? basename(dirname(repository)) : last).replaceAll(/[^\w.-]/g, '-');
  const commits = named === undefined ? chooseCommits(repository) : named.split(',');
  return commits.map((commit) => ({ repository, name, commit }));
}

/** In a repository with an installation of its own, that the App has never seen. Gives how much does not hold. */
async function playPart(
  stage: Stage,
  { repository, name, commit }: Part,
  installation: number,
  onStep: (played: PlayedStep) => void,
): Promise<number> {
  const change = new RealChange(repository, commit);
  const short = commit.slice(0, 7);
  let faults = 0;
  const fault = (words: string) => {
    faults += 1;
    print(`DOES NOT HOLD: ${words}`);
  };
  try {
    const hosted = stage.github.world.add({ folder: change.folder, name: `${name}-${short}`, installation });
    await new Life(stage, change, hosted, (played) => {
      onStep(played);
      print(`\n== ${name} ${short}: ${played.step.name}\n${told(played.step)}`);
      for (const words of played.faults) fault(words);
    }).play();
  } catch (error) {
    fault(`the play of ${name} ${short} ended: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  } finally {
    change.remove();
  }
  return faults;
}

const HEADER = ['commit', 'step', 'files', 'requests', 'most', 'webhook', 'check', 'comments', 'requests by endpoint'];

function rowOf({ name, commit }: Part, step: Step, faults: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const { operation } of step.requests) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  const byEndpoint = [...counts].map(([operation, count]) => (count === 1 ? operation : `${count} ${operation}`));
  return [
    `${name} ${commit.slice(0, 7)}`,
    faults.length === 0 ? step.name : `${step.name} (!)`,
    String(step.changedFiles),
    String(step.requests.length),
    String(allowedRequests(step)),
    `${Math.round(step.webhook.milliseconds)} ms`,
    step.checkMilliseconds === null ? '–' : `${(step.checkMilliseconds / 1000).toFixed(1)} s`,
    `${step.before.length} → ${step.after.length}`,
    byEndpoint.join(', '),
  ];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
