import { holdsNoCode } from '../../../src/model/codeless-families.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ModelLoad, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { overPlaces, type Severity } from '../../../src/model/verdict.js';
import { judgePin } from '../pinning.js';

/** Remote models and adapters are pinned to a commit. */
export const unpinnedModel = defineRule({
  id: 'base-model-versioning/unpinned-model',
  title: 'Model is loaded from a moving branch',
  severity: 'warning',
  judge(run) {
    const loads = run.loads.filter((load) => BASES.has(load.what) && !isTeacher(load, run));
    const places = loads.map((load) => judgePin(load, run, { severity: severityOf(load) }));
    return overPlaces(places, 'the run loads no model by name');
  },
});

const BASES: ReadonlySet<ModelLoad['what']> = new Set(['model', 'adapter', 'files']);

/** `distillation-integrity/unpinned-teacher` asks for its commit: one cause, one finding. */
function isTeacher({ at }: ModelLoad, { parts }: TrainingRun): boolean {
  return parts.some(({ part, load }) => part === 'teacher' && load?.at.path === at.path && load.at.start === at.start);
}

/** A downloaded file may be anything, from weights to a word list: told in the summary alone. */
function severityOf(load: ModelLoad): Severity {
  return load.what === 'files' || runsUnpinnedCode(load) ? 'notice' : 'warning';
}

/** `artifact-trust-surface/remote-code` then asks for the same commit, with more weight: one cause, one comment. */
function runsUnpinnedCode({ name, remoteCode }: ModelLoad): boolean {
  return isLiteral(remoteCode.setting, true) && isLiteral(name) && !holdsNoCode(name.value);
}
