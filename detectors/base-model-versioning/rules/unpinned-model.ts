import { holdsNoCode } from '../../../src/model/codeless-families.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ModelLoad } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { overPlaces, type Severity } from '../../../src/model/verdict.js';
import { judgePin } from '../pinning.js';

/** Remote models and adapters are pinned to a commit. */
export const unpinnedModel = defineRule({
  id: 'base-model-versioning/unpinned-model',
  title: 'Model is loaded from a moving branch',
  severity: 'warning',
  judge(run) {
    const loads = run.loads.filter((load) => load.what === 'model' || load.what === 'adapter' || load.what === 'files');
    const places = loads.map((load) => judgePin(load, run, { severity: severityOf(load) }));
    return overPlaces(places, 'the run loads no model by name');
  },
});

/** A downloaded file may be anything, from weights to a word list: told in the summary alone. */
function severityOf(load: ModelLoad): Severity {
  return load.what === 'files' || runsUnpinnedCode(load) ? 'notice' : 'warning';
}

/** `artifact-trust-surface/remote-code` then asks for the same commit, with more weight: one cause, one comment. */
function runsUnpinnedCode({ name, remoteCode }: ModelLoad): boolean {
  return isLiteral(remoteCode.setting, true) && isLiteral(name) && !holdsNoCode(name.value);
}
