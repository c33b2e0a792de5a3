import { holdsNoCode } from '../../../src/model/codeless-families.js';
import { type Fix, replaceValue } from '../../../src/model/fix.js';
import { ownerOf, pinOf } from '../../../src/model/hub.js';
import { compareLocations } from '../../../src/model/location.js';
import { defineRule, type JudgeOptions } from '../../../src/model/rule.js';
import { type ModelLoad, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isLiteral, type LiteralSetting } from '../../../src/model/setting.js';
import {
  type FaultInput,
  met,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  type Severity,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { releasedSince } from '../../../src/model/versions.js';

/** No code from the hub runs, or code that is pinned by commit. */
export const remoteCode = defineRule({
  id: 'artifact-trust-surface/remote-code',
  title: 'Code from an unpinned repository may run',
  severity: 'error',
  judge(run, options) {
    const loads = run.loads.filter((load) => load.what !== 'files');
    return overPlaces(
      loads.map((load) => judgeLoad(load, run, options)),
      'the run loads nothing by name',
    );
  },
});

function judgeLoad(load: ModelLoad, run: TrainingRun, options: JudgeOptions): PlaceVerdict {
  const { setting } = load.remoteCode;
  if (setting.state === 'dynamic') return unknown(`whether remote code may run is computed: ${setting.expression}`);
  if (setting.state === 'absent') {
    // Off by default everywhere, unless something unread is spread into the call.
    return load.open === null ? met(load.at) : unknown(`${load.label} takes arguments that could not be read`);
  }
  if (setting.byDefault === true) return unknown('whether remote code may run is said on the command line');
  if (!setting.value) return met(setting.at);
  if (load.origin === 'local') return notApplicable(`${load.label} loads from a local path`);
  if (!isLiteral(load.name) || load.origin === 'unknown') return unknown(`what ${load.label} loads is not known here`);
  if (load.what === 'dataset') return judgeDataset(load, load.name.value, setting, run);
  return judgeTrusted(load, load.name.value, setting, run, options);
}

function judgeTrusted(
  load: ModelLoad,
  name: string,
  setting: LiteralSetting<boolean>,
  run: TrainingRun,
  options: JudgeOptions,
): PlaceVerdict {
  if (holdsNoCode(name)) return leftover(load, name, setting, run);
  if (load.revision.state === 'dynamic') return unknown(`the revision is computed: ${load.revision.expression}`);
  if (load.revision.state === 'absent' && load.open !== null)
    return unknown(`${load.label} takes arguments that could not be read`);
  if (isCommit(load.revision)) {
    const trusted = options.trustedOwners.has(ownerOf(name) ?? '');
    return met(load.revision.at, trusted ? 1 : 0.5);
  }
  return violated({
    severity: severityOf(load, name, run),
    ...place(load, name, setting),
    message: unpinnedMessage(load, name),
    deviation:
      'Where the architecture needs its own code, the flag cannot go; a pinned commit then keeps that code from changing.',
  });
}

/** One model, one comment: its tokenizer and configuration run the same repository's code, from the same branch. */
function severityOf(load: ModelLoad, name: string, run: TrainingRun): Severity {
  const isTold = run.loads.some(
    (it) =>
      it.what === 'model' &&
      isLiteral(it.name, name) &&
      isLiteral(it.remoteCode.setting, true) &&
      !isCommit(it.revision),
  );
  if (load.what !== 'model' && isTold) return 'notice';
  if (isOwn(name, run)) return 'notice';
  return run.role === 'recipe' && !isDefaultName(load) ? 'error' : 'warning';
}

/** The flag is written down, and whoever starts the program may name a model without code of its own. */
function isDefaultName({ name }: ModelLoad): boolean {
  return isLiteral(name) && name.byDefault === true;
}

/** A run that publishes to the same account loads its own code, which is no third party's. */
function isOwn(name: string, run: TrainingRun): boolean {
  const { setting } = settingOf(run.settings, 'hub_model_id');
  return isLiteral(setting) && typeof setting.value === 'string' && ownerOf(setting.value) === ownerOf(name);
}

function isCommit(revision: ModelLoad['revision']): revision is LiteralSetting<string> {
  return revision.state === 'literal' && pinOf(revision.value) === 'commit';
}

function leftover(load: ModelLoad, name: string, setting: LiteralSetting<boolean>, run: TrainingRun): PlaceVerdict {
  return violated({
    severity: 'notice',
    confidence: isDefaultName(load) ? 'medium' : 'high',
    ...place(load, name, setting),
    message: `\`${name}\` is built into transformers and ships no code, so \`trust_remote_code\` has nothing to load and only widens what may run. Switch it off.`,
    fix: switchOff(setting, run),
  });
}

/** Loading scripts are gone since datasets 4.0; before, they ran whatever the dataset's repository held. */
function judgeDataset(load: ModelLoad, name: string, setting: LiteralSetting<boolean>, run: TrainingRun): PlaceVerdict {
  if (releasedSince(run.versions, 'datasets', '4.0.0') !== 'none')
    return unknown('datasets 4.0 and later ignore the flag');
  if (isCommit(load.revision)) return met(load.revision.at, 0.5);
  if (load.revision.state === 'dynamic' || load.open !== null) return unknown('the revision could not be read');
  return violated({
    severity: 'warning',
    ...place(load, name, setting),
    message: `The loading script of \`${name}\` runs on this machine, in whatever version its branch holds that day. Pin the commit you have read, or use a copy in Parquet.`,
  });
}

function place(
  load: ModelLoad,
  name: string,
  setting: LiteralSetting<boolean>,
): Pick<FaultInput, 'at' | 'chain' | 'key' | 'value' | 'subject'> {
  return {
    at: setting.at,
    chain: setting.chain,
    key: `${load.key}(trust_remote_code)`,
    value: name,
    subject: name,
  };
}

/** One constant may serve several loads, and a model that has code of its own needs it to stay on. */
function switchOff(setting: LiteralSetting<boolean>, run: TrainingRun): Fix | null {
  const needed = run.loads.some(
    ({ name, remoteCode: { setting: other } }) =>
      isLiteral(other, true) &&
      compareLocations(other.at, setting.at) === 0 &&
      !(isLiteral(name) && holdsNoCode(name.value)),
  );
  if (needed) return null;
  const applicability = setting.chain.length > 1 ? 'unsafe' : 'safe';
  return { applicability, title: 'Switch `trust_remote_code` off.', edits: [replaceValue(setting.at, false)] };
}

function unpinnedMessage(load: ModelLoad, name: string): string {
  const pin =
    load.revision.state === 'inexpressible'
      ? 'load it from a local snapshot of a commit you have read'
      : 'pin the commit whose code you have read';
  const source =
    load.revision.state === 'literal' ? `\`${load.revision.value}\` of \`${name}\`` : `the branch of \`${name}\``;
  return `Whatever code ${source} holds that day runs with this job's permissions and secrets. Drop \`trust_remote_code\` if the architecture is built in; else ${pin}.`;
}
