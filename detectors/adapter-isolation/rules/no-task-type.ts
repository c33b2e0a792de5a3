import { addArgument } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { AdapterSetup, TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';

/** An adapter says what kind of model it belongs on. */
export const noTaskType = defineRule({
  id: 'adapter-isolation/no-task-type',
  title: 'The adapter does not say which kind of model it is for',
  severity: 'notice',
  judge: (run) =>
    overPlaces(
      run.adapterSetups.map((setup) => judgeSetup(setup, run)),
      'the run sets up no adapter in code',
    ),
});

function judgeSetup(setup: AdapterSetup, run: TrainingRun): PlaceVerdict {
  const { setting } = setup.taskType;
  if (setting.state !== 'absent') return met(setting.at);
  if (setup.open !== null) return unknown(`${setup.label} takes arguments that could not be read`);
  if (setup.targetModules === null) return notApplicable('this kind of adapter fails without a task by itself');
  const task = taskOf(run);
  return missing({
    severity: 'notice',
    at: setup.at,
    key: 'task_type',
    message: `${setup.label} has no \`task_type\`, so the saved adapter names a class and a library instead, and loads only where both are trusted. Name the task${task === null ? '' : `, \`${task}\``}.`,
    fix:
      task === null || setup.argumentsAt === null
        ? null
        : {
            applicability: 'unsafe',
            title: `Add \`task_type="${task}"\`.`,
            edits: [addArgument(setup.argumentsAt, 'task_type', `"${task}"`)],
          },
  });
}

/** The one kind of model that the run loads. */
function taskOf({ loads }: TrainingRun): string | null {
  const kinds = new Set(loads.flatMap((load) => (load.what === 'model' ? [kindOf(load.key)] : [])));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : null;
}

function kindOf(key: string): string | null {
  if (/^AutoModelForCausalLM\./.test(key)) return 'CAUSAL_LM';
  if (/^AutoModelForSeq2SeqLM\./.test(key)) return 'SEQ_2_SEQ_LM';
  if (/^AutoModelForSequenceClassification\./.test(key)) return 'SEQ_CLS';
  if (/^AutoModelForTokenClassification\./.test(key)) return 'TOKEN_CLS';
  return null;
}
