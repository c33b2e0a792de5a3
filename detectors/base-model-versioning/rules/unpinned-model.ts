import { defineRule } from '../../../src/model/rule.js';
import { overPlaces } from '../../../src/model/verdict.js';
import { judgePin } from '../pinning.js';

/** Remote models and adapters are pinned to a commit. */
export const unpinnedModel = defineRule({
  id: 'base-model-versioning/unpinned-model',
  title: 'Model is loaded from a moving branch',
  severity: 'warning',
  judge(run) {
    const loads = run.loads.filter((load) => load.what === 'model' || load.what === 'adapter' || load.what === 'files');
    // A downloaded file may be anything, from weights to a word list: told in the summary alone.
    const places = loads.map((load) => judgePin(load, run, { severity: load.what === 'files' ? 'notice' : 'warning' }));
    return overPlaces(places, 'the run loads no model by name');
  },
});
