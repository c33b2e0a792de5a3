import { remove } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunSettings, TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { describeRange, rangeOf } from '../../../src/model/versions.js';
import { isReleased, trlArguments, trlTrainer } from '../methods.js';
import { meantBy } from '../misspelling.js';
import { type ApiChange, CONFIG_CHANGES, ROOT_EXPORTS, TRAINER_CHANGES } from '../trl-api.js';
import { CONFIG_NAMES, isField, TRAINER_NAMES, TRAINING_ARGUMENTS } from '../trl-names.js';

/** What is handed in is taken by every release of TRL that the repository asks for, or at least by one. */
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
  const never = [...neverTaken(run, trainer), ...neverFields(run)];
  if (!rangeOf(run.versions, 'trl').stated) {
    return never.length > 0 ? never : [unknown('the repository does not say which releases of TRL it runs on')];
  }
  const faults = [
    ...never,
    ...movedClass(run, trainer),
    ...faultsIn(run, trainer, run.trainer, TRAINER_CHANGES),
    ...faultsIn(run, trlArguments(run) ?? '', run.settings, CONFIG_CHANGES),
  ];
  return faults.length > 0 ? faults : [met(run.trainer.at)];
}

function faultsIn(
  run: TrainingRun,
  owner: string,
  settings: RunSettings,
  changes: readonly ApiChange[],
): PlaceVerdict[] {
  return changes
    .filter((change) => change.owner.test(owner) && isOutside(run, change))
    .flatMap((change) =>
      change.names.flatMap((name): PlaceVerdict[] => {
        const at = handedAt(settings, name);
        return at === null ? [] : [faultOf(run, owner, name, at, change)];
      }),
    );
}

/** Where it is handed in; null where that hangs on a condition, such as whether the release in use takes it. */
function handedAt({ stated, extend }: RunSettings, name: string): Location | null {
  const control = stated.get(name);
  if (control === undefined || control.stated === null) return null;
  const isConditional = control.setting.state === 'dynamic' && control.setting.cause === 'branches';
  return isConditional && !isWithin(control.stated, extend) ? null : control.stated;
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

/** What the trainer took in no release. One that is newer than what is known here may take more. */
function neverTaken(run: TrainingRun, trainer: string): PlaceVerdict[] {
  const known = TRAINER_NAMES[trainer];
  if (known === undefined) return [];
  return keywordsOf(run.trainer).flatMap(([name, at]): PlaceVerdict[] => {
    // Rules on references tell this one.
    if (known.has(name) || name === 'ref_model') return [];
    const meant = meantBy(name, known);
    const isKnown = meant !== null || name === 'tokenizer' || isField(name) || isReleased(run, null, NEXT_RELEASE);
    return isKnown ? [neverFault(trainer, name, at, orderFor(name, meant, run))] : [];
  });
}

function orderFor(name: string, meant: string | null, run: TrainingRun): string {
  if (meant !== null) return `Name it \`${meant}\``;
  if (name === 'tokenizer') return 'Name it `processing_class`';
  const config = trlArguments(run) ?? 'the configuration';
  return isField(name) ? `It is a field of \`${config}\`: set it there` : 'Drop it';
}

/** Fields that the configuration had in no release: misspelt, or those of another one. */
function neverFields(run: TrainingRun): PlaceVerdict[] {
  const owner = trlArguments(run) ?? '';
  const own = CONFIG_NAMES[owner];
  if (own === undefined) return [];
  const known = [...own, ...TRAINING_ARGUMENTS];
  return keywordsOf(run.settings).flatMap(([name, at]): PlaceVerdict[] => {
    if (known.includes(name)) return [];
    const isForeign = isField(name);
    if (isForeign && isReleased(run, null, NEXT_RELEASE))
      return [neverFault(owner, name, at, 'It belongs to another method: drop it')];
    const meant = isForeign ? null : meantBy(name, known);
    return meant === null ? [] : [neverFault(owner, name, at, `Name it \`${meant}\``)];
  });
}

/** The first release that is not known here. */
const NEXT_RELEASE = '1.9.1';

/** Names that stand between the brackets of the call; what a command line or a later line sets is taken by other means. */
function keywordsOf({ stated, extend }: RunSettings): (readonly [name: string, at: Location])[] {
  return [...stated].flatMap(([name, { stated: at }]) =>
    at !== null && isWithin(at, extend) ? [[name, at] as const] : [],
  );
}

/** Whether it stands between the brackets of the call. */
function isWithin(at: Location, extend: RunSettings['extend']): boolean {
  if (extend?.kind !== 'call') return false;
  const { path, start, end } = extend.at;
  return at.path === path && start <= at.start && at.end <= end;
}

function neverFault(owner: string, name: string, at: Location, order: string): PlaceVerdict {
  return violated({
    severity: 'error',
    at,
    key: `${owner}(${name})`,
    value: 'no release',
    message: `No release of TRL has a \`${name}\` on \`${owner}\`, so this raises a \`TypeError\`. ${order}.`,
  });
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
