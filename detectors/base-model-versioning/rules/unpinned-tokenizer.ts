import { addArgument, type Fix } from '../../../src/model/fix.js';
import { pinOf } from '../../../src/model/hub.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ModelLoad, TrainingRun } from '../../../src/model/run.js';
import { isLiteral, type LiteralSetting } from '../../../src/model/setting.js';
import { overPlaces, type PlaceVerdict, violated } from '../../../src/model/verdict.js';
import { judgePin, repeatablePin } from '../pinning.js';

/** Remote tokenizers and processors are pinned to a commit, and to the model's where they come from its repository. */
export const unpinnedTokenizer = defineRule({
  id: 'base-model-versioning/unpinned-tokenizer',
  title: 'Tokenizer can move away from its model',
  severity: 'warning',
  judge(run) {
    const loads = run.loads.filter((load) => load.what === 'tokenizer' || load.what === 'processor');
    return overPlaces(
      loads.map((load) => judgeTokenizer(load, run)),
      'the run loads no tokenizer by name',
    );
  },
});

/**
 * Beside an unpinned model of the same name it is the same cause again, so it is a notice; and so it is for a model that is
 * built anew, since there are no weights to drift away from. A pinned model with a tokenizer that is not is a fault of
 * its own, and the model's revision mends it.
 */
function judgeTokenizer(load: ModelLoad, run: TrainingRun): PlaceVerdict {
  const models = run.loads.filter(
    (it) => it.what === 'model' && isLiteral(it.name) && isLiteral(load.name, it.name.value),
  );
  const pinned = models.find((it) => judgePin(it, run, { severity: 'notice' }).state === 'met');
  if (pinned === undefined) {
    const drifts = models.length === 0 && run.loads.some((it) => it.what === 'model' && it.origin !== 'local');
    return judgePin(load, run, { severity: drifts ? 'warning' : 'notice' });
  }
  return driftedFrom(pinned, load) ?? judgeHalfPin(load, pinned, run);
}

function judgeHalfPin(load: ModelLoad, model: ModelLoad, run: TrainingRun): PlaceVerdict {
  const name = isLiteral(load.name) ? load.name.value : '';
  return judgePin(load, run, {
    severity: 'warning',
    message: `The weights of \`${name}\` are pinned and what ${load.label} loads is not, so the two can drift apart. Load both from one commit.`,
    fix: repeatRevision(load, model),
  });
}

/** Which of two commits is the right one is not known here, so no edit is offered. */
function driftedFrom(model: ModelLoad, load: ModelLoad): PlaceVerdict | null {
  if (!isCommit(model.revision) || !isCommit(load.revision) || !isLiteral(load.name)) return null;
  const [weights, tokenizer] = [model.revision.value.toLowerCase(), load.revision.value.toLowerCase()];
  if (weights.startsWith(tokenizer) || tokenizer.startsWith(weights)) return null;
  return violated({
    severity: 'warning',
    at: load.revision.at,
    chain: load.revision.chain,
    key: `${load.key}(revision)`,
    value: `${load.name.value}@${tokenizer}`,
    message: `The weights of \`${load.name.value}\` are pinned to \`${weights.slice(0, 7)}\` and what ${load.label} loads to \`${tokenizer.slice(0, 7)}\`. Load both from one commit, unless the files differ on purpose.`,
  });
}

function isCommit(revision: ModelLoad['revision']): revision is LiteralSetting<string> {
  return revision.state === 'literal' && pinOf(revision.value) === 'commit';
}

function repeatRevision(load: ModelLoad, model: ModelLoad): Fix | null {
  const pin = repeatablePin(model, load.at);
  if (load.argumentsAt === null || pin === null || load.revision.state !== 'absent') return null;
  return {
    applicability: 'unsafe',
    title: `Add \`revision=${pin}\`.`,
    edits: [addArgument(load.argumentsAt, 'revision', pin)],
  };
}
