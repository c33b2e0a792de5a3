import { EVALUATION_PACKAGES, isEvaluationCommand } from '../../../src/model/evaluation-tools.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import type { Setting } from '../../../src/model/setting.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { learnsFromReward } from '../../eval-absence/evaluation.js';

/** What learns from a reward is also asked for harm that the reward does not see. */
export const noSafetyEvaluation = defineRule({
  id: 'method-integrity/no-safety-evaluation',
  title: 'Nothing looks for harm that the reward does not see',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the method learns from no reward'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  if (!learnsFromReward(run.method)) return notApplicable('the method learns from no reward');
  const at = evidenceIn(run);
  if (at !== null) return met(at);
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  const elsewhere = run.evaluatedElsewhere;
  if (elsewhere !== null) return unknown(`\`${elsewhere}\` evaluates, perhaps for safety too`);
  if (evaluates(run)) return unknown('what the evaluation of the run measures is not followed');
  return missing({
    severity: 'notice',
    severityWhenLost: 'warning',
    at: run.trainer.extend === null ? run.at : run.trainer.at,
    key: 'safety evaluation',
    message:
      'Only the reward says how this run is doing, and a model that games it may turn harmful on the way. Run a safety benchmark on its checkpoints, such as `lm_eval --tasks toxigen,truthfulqa_mc2`.',
  });
}

/** A task, a model or a file that is named for safety. */
function evidenceIn(run: TrainingRun): Location | null {
  const keyed = settingOf(run.settings, 'lm_eval_tasks', 'benchmarks').setting;
  if (keyed.state === 'literal' && namesSafety(keyed)) return keyed.at;
  const command = run.commands.find(
    ({ words }) => isEvaluationCommand(words) && words.some((word) => SAFETY.test(word)),
  );
  if (command !== undefined) return command.at;
  const source = run.rewards?.sources.find(({ name }) => SAFETY.test(name));
  if (source !== undefined) return source.at;
  return run.calls.find((call) => SAFETY.test(call.name) || [...call.arguments.values()].some(namesSafety))?.at ?? null;
}

function namesSafety(setting: Setting): boolean {
  return setting.state === 'literal' && [setting.value].flat().some((value) => SAFETY.test(String(value)));
}

/** Benchmarks and models of lm-eval, lighteval and the hub that measure harm. */
const SAFETY =
  /(?:^|[^a-z])(?:safety|safe_?rlhf|harm(?:ful|less|bench)?|toxic\w*|toxigen|real_?toxicity\w*|truthful_?qa\w*|bbq|crows_?pairs\w*|wmdp\w*|winogender\w*|jailbreak\w*|advbench|xstest|beavertails|llama-?guard|wildguard|shieldgemma|red_?team\w*|detoxify)(?:[^a-z]|$)/i;

function evaluates({ calls, commands }: TrainingRun): boolean {
  return (
    calls.some(({ name }) => EVALUATION_PACKAGES.test(name)) || commands.some(({ words }) => isEvaluationCommand(words))
  );
}
