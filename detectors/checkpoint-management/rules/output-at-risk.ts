import type { Fix } from '../../../src/model/fix.js';
import { replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { type Stack, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, isLiteral, isTrue } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { releasedSince } from '../../../src/model/versions.js';
import { type OutputFolder, outputFolderOf } from '../output-folder.js';

/** Checkpoints lie where they stay, and where nothing else lies. */
export const outputAtRisk = defineRule({
  id: 'checkpoint-management/output-at-risk',
  title: 'Checkpoints are written where they get lost',
  severity: 'notice',
  judge: (run) => overPlaces([judgePlace(run), judgeOverwriting(run), judgeDeletion(run)], 'the run names no folder'),
});

function judgePlace(run: TrainingRun): PlaceVerdict {
  const folder = outputFolderOf(run);
  if (folder.state === 'unknown') return unknown(folder.reason);
  if (folder.state === 'run-scoped') return met(folder.at);
  const { at, chain, path } = folder;
  const place = { at, chain, key: 'output_dir', value: path } as const;
  if (path === '.') {
    return violated({
      ...place,
      severity: run.role === 'recipe' ? 'warning' : 'notice',
      message: 'Checkpoints go to the folder that the run is started from, among the sources. Name a folder for them.',
    });
  }
  if (TEMPORARY.test(path)) {
    return violated({
      ...place,
      severity: 'notice',
      message: `\`${path}\` is temporary: its files are gone after a restart of the machine or the end of the container. Name a folder that stays.`,
    });
  }
  return met(at);
}

const TEMPORARY = /^(?:\/tmp|\/var\/tmp|\/dev\/shm)(?:\/|$)/;

/** `overwrite_output_dir`, which makes these start anew where checkpoints of an earlier run lie. */
const OVERWRITING: ReadonlySet<Stack> = new Set(['llama-factory', 'trl-recipe', 'hf-trainer']);

function judgeOverwriting(run: TrainingRun): PlaceVerdict {
  const control = settingOf(run.settings, 'overwrite_output_dir');
  const { setting } = control;
  if (!OVERWRITING.has(run.stack) || setting.state === 'absent')
    return notApplicable('nothing tells it to overwrite a folder');
  // The Trainer itself never read it, and transformers 5 knows it no more.
  if (run.stack !== 'llama-factory' && releasedSince(run.versions, 'transformers', '5.0.0') !== 'none')
    return notApplicable('transformers 5 does not know the key');
  if (setting.state === 'dynamic') return unknown('whether it overwrites is computed');
  const { at } = setting;
  if (!isTrue(setting)) return met(at);
  const folder = outputFolderOf(run);
  if (folder.state !== 'constant') return folder.state === 'run-scoped' ? met(at) : unknown(folder.reason);
  return violated({
    severity: 'notice',
    at,
    chain: chainOf(setting),
    key: 'overwrite_output_dir',
    value: 'true',
    message: `A second run starts anew in \`${folder.path}\` and writes over the checkpoints of the first. Without the switch it resumes from them, or stops.`,
    fix: keepFix(at),
  });
}

function keepFix(at: Parameters<typeof replaceValue>[0]): Fix {
  return {
    applicability: 'unsafe',
    title: 'Keep what an earlier run has written.',
    edits: [replaceValue(at, false)],
  };
}

/** A script that deletes the folder it is about to write to. */
function judgeDeletion(run: TrainingRun): PlaceVerdict {
  const folder = outputFolderOf(run);
  const deleting = run.calls.find(
    ({ name, arguments: given }) => name === 'shutil.rmtree' && isOutput(folder, given.get('0') ?? given.get('path')),
  );
  if (deleting === undefined || folder.state !== 'constant') return notApplicable('nothing is deleted');
  return violated({
    severity: 'warning',
    // Whether somebody has to ask for it, with a flag or at a prompt, is not followed.
    confidence: 'medium',
    at: deleting.at,
    chain: folder.chain,
    key: 'shutil.rmtree',
    value: folder.path,
    message: `\`${folder.path}\` is deleted with all the checkpoints of the last run. Write each run to a folder of its own instead.`,
  });
}

function isOutput(folder: OutputFolder, target: ReturnType<TrainingRun['calls'][number]['arguments']['get']>): boolean {
  if (folder.state !== 'constant' || target === undefined || !isLiteral(target)) return false;
  return String(target.value).replace(/\/+$/, '').replace(/^\.\//, '') === folder.path;
}
