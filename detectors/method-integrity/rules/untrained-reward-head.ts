import { addArgument, type Fix, replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { type RunCall, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, type Setting } from '../../../src/model/setting.js';
import { met, missing, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { isReleased, partOf, trlTrainer } from '../methods.js';

/** A reward model gives one number, and the layer that gives it is trained. */
export const untrainedRewardHead = defineRule({
  id: 'method-integrity/untrained-reward-head',
  title: 'Reward model has no head that is trained',
  severity: 'warning',
  judge(run) {
    const isReward = trlTrainer(run) === 'RewardTrainer';
    return overPlaces(isReward ? [judgeModel(run), judgeAdapter(run)] : [], 'the run trains no reward model in Python');
  },
});

/** What is loaded gives one number a sequence, not one a word. */
function judgeModel(run: TrainingRun): PlaceVerdict {
  const load = partOf(run, 'policy')?.load ?? null;
  if (load === null || partOf(run, 'policy')?.given !== 'object') {
    return partOf(run, 'policy')?.given === 'name' && isReleased(run, '0.24.0', null)
      ? met(partOf(run, 'policy')?.at ?? run.at)
      : unknown('which model is trained is not known here');
  }
  if (/^AutoModelForCausalLM\./.test(load.key)) {
    return violated({
      severity: 'warning',
      at: load.at,
      chain: [partOf(run, 'policy')?.at ?? run.at],
      key: load.key,
      value: 'AutoModelForCausalLM',
      message:
        '`AutoModelForCausalLM` gives a score for every word of the vocabulary, and `RewardTrainer` takes one number an answer. Load it as `AutoModelForSequenceClassification` with `num_labels=1`.',
    });
  }
  const call = run.calls.find(({ at }) => at.path === load.at.path && at.start === load.at.start);
  const labels = call?.arguments.get('num_labels');
  if (labels === undefined || labels.state === 'absent') return unknown('the checkpoint may have one label');
  if (labels.state === 'dynamic') return unknown('`num_labels` is computed');
  if (labels.value === 1) return met(labels.at);
  return violated({
    severity: 'warning',
    at: labels.at,
    chain: chainOf(labels),
    key: `${load.key}(num_labels)`,
    value: String(labels.value),
    message: `\`RewardTrainer\` takes one number an answer, and \`num_labels\` is ${String(labels.value)}. Set it to 1.`,
    fix: { applicability: 'unsafe', title: 'Give one number.', edits: [replaceValue(labels.at, 1)] },
  });
}

/** The head is new, so an adapter that leaves it as it is leaves it random. */
function judgeAdapter(run: TrainingRun): PlaceVerdict {
  const config = adapterOf(run);
  if (config === null) return unknown('no adapter is set up where it can be read');
  const { setting: given } = settingOf(run.trainer, 'peft_config');
  if (given.state === 'absent' && partOf(run, 'policy')?.adapters !== 'used') {
    return unknown('whether the adapter is put on the reward model is not known here');
  }
  if (config.open) return unknown('the configuration of the adapter takes arguments that could not be read');
  const task = config.arguments.get('task_type');
  const saved = config.arguments.get('modules_to_save');
  const kind = taskOf(task);
  if (kind === 'SEQ_CLS') return met(task?.state === 'absent' || task === undefined ? config.at : task.at);
  if (saved !== undefined && saved.state !== 'absent') return judgeSaved(saved);
  if (kind === 'computed') return unknown('`task_type` is computed');
  return headIsLeft(run, config, task, kind);
}

function adapterOf(run: TrainingRun): RunCall | null {
  const configs = run.calls.filter(({ name }) => /^peft\.(?:.*\.)?LoraConfig$/.test(name));
  return configs.length === 1 ? (configs[0] ?? null) : null;
}

function judgeSaved(saved: Exclude<Setting, { state: 'absent' }>): PlaceVerdict {
  if (saved.state === 'dynamic') return unknown('`modules_to_save` is computed');
  const names = [saved.value].flat().map(String);
  return names.some((name) => /score|classifier|v_head|summary/.test(name))
    ? met(saved.at)
    : unknown('one of the modules to save may be the head');
}

/** `SEQ_CLS`, also as a member of an enum that is not followed; null where it is left out. */
function taskOf(task: Setting | undefined): string | null {
  if (task === undefined || task.state === 'absent') return null;
  const text = task.state === 'literal' ? String(task.value) : task.expression;
  return /(?:^|\.)([A-Z_]+)$/.exec(text)?.[1] ?? 'computed';
}

function headIsLeft(run: TrainingRun, config: RunCall, task: Setting | undefined, kind: string | null): PlaceVerdict {
  const why = kind === null ? '`LoraConfig` names no `task_type`' : `\`task_type\` is \`${kind}\``;
  const common = {
    severity: 'warning',
    key: 'LoraConfig(task_type)',
    message: `${why}, so the adapter leaves the new head of the reward model as it was drawn at random. Set \`task_type="SEQ_CLS"\`, which trains the head and saves it.`,
  } as const;
  if (task === undefined || task.state === 'absent') {
    return missing({ ...common, at: config.at, fix: taskFix(run, config) });
  }
  const fix: Fix | null =
    task.state === 'literal'
      ? { applicability: 'unsafe', title: 'Train the head.', edits: [replaceValue(task.at, 'SEQ_CLS')] }
      : null;
  return violated({ ...common, at: task.at, chain: chainOf(task), value: kind, fix });
}

function taskFix({ adapterSetups }: TrainingRun, { at }: RunCall): Fix | null {
  const brackets = adapterSetups.find((it) => it.at.path === at.path && it.at.start === at.start)?.argumentsAt;
  if (brackets == null) return null;
  const edits = [addArgument(brackets, 'task_type', '"SEQ_CLS"')];
  return { applicability: 'unsafe', title: 'Train the head.', edits };
}
