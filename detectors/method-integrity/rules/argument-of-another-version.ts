import { remove } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunSettings, TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { describeRange, rangeOf } from '../../../src/model/versions.js';
import { isReleased, trlArguments, trlTrainer } from '../methods.js';
import { type ApiChange, CONFIG_CHANGES, ROOT_EXPORTS, TRAINER_CHANGES } from '../trl-api.js';

/** What is handed in is taken by every release of TRL that the repository asks for. */
export const argumentOfAnotherVersion = defineRule({
  id: 'method-integrity/argument-of-another-version',
  title: 'Trainer does not take this in the release that is asked for',
  severity: 'error',
  judge: (run) => overPlaces(judgeRun(run), 'nothing of TRL is called by name'),
});

function judgeRun(run: TrainingRun): readonly PlaceVerdict[] {
  const trainer = trlTrainer(run);
  if (trainer === null) return [notApplicable('nothing of TRL is called by name')];
  // Unsloth puts the arguments of older releases where they belong.
  if (run.stack === 'unsloth') return [notApplicable('Unsloth takes the arguments of older releases')];
  if (!rangeOf(run.versions, 'trl').stated)
    return [unknown('the repository does not say which releases of TRL it runs on')];
  const faults = [
    ...movedClass(run, trainer),
    ...faultsIn(run, trainer, run.trainer, TRAINER_CHANGES),
    ...faultsIn(run, trlArguments(run) ?? '', run.settings, CONFIG_CHANGES),
  ];
  return faults.length > 0 ? faults : [met(run.trainer.at)];
}

function faultsIn(
  run: TrainingRun,
  owner: string,
  { stated }: RunSettings,
  changes: readonly ApiChange[],
): PlaceVerdict[] {
  return changes
    .filter((change) => change.owner.test(owner) && isOutside(run, change))
    .flatMap((change) =>
      change.names.flatMap((name): PlaceVerdict[] => {
        const at = stated.get(name)?.stated ?? null;
        return at === null ? [] : [faultOf(run, owner, name, at, change)];
      }),
    );
}

/** Whether no release in play takes it. */
function isOutside(run: TrainingRun, { since, until }: ApiChange): boolean {
  return (until !== null && isReleased(run, until, null)) || (since !== null && isReleased(run, null, since));
}

function faultOf(run: TrainingRun, owner: string, name: string, at: Location, change: ApiChange): PlaceVerdict {
  const { at: version } = rangeOf(run.versions, 'trl');
  const canGo = change.instead.startsWith('Drop it');
  const bound =
    change.until !== null && isReleased(run, change.until, null) ? `since ${change.until}` : `before ${change.since}`;
  return violated({
    severity: 'error',
    at,
    chain: version === undefined ? [] : [version],
    key: `${owner}(${name})`,
    value: describeRange(rangeOf(run.versions, 'trl')),
    message: `${asked(run)}, and ${bound} \`${owner}\` has no \`${name}\`, so this raises a \`TypeError\`. ${change.instead}.`,
    fix: canGo ? { applicability: 'unsafe', title: `Drop \`${name}\`.`, edits: [remove(at)] } : null,
  });
}

function asked(run: TrainingRun): string {
  return `This repository asks for \`trl${describeRange(rangeOf(run.versions, 'trl'))}\``;
}

/** A class that `trl` itself no longer exports. */
function movedClass(run: TrainingRun, trainer: string): PlaceVerdict[] {
  const moved = ROOT_EXPORTS[trainer];
  if (moved === undefined || run.api.trainer !== `trl.${trainer}` || !isReleased(run, moved.until, null)) return [];
  const { at: version } = rangeOf(run.versions, 'trl');
  return [
    violated({
      severity: 'error',
      at: run.trainer.at,
      chain: version === undefined ? [] : [version],
      key: `trl.${trainer}`,
      value: describeRange(rangeOf(run.versions, 'trl')),
      message: `${asked(run)}, and since ${moved.until} \`trl\` no longer exports \`${trainer}\`, so the import fails. Import it from \`${moved.module}\`.`,
    }),
  ];
}
