import { addArgument, type Fix } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { type OptionalControl, settingOf, type TrainingRun, type Upload } from '../../../src/model/run.js';
import { chainOf, isTrue, type SettingValue } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import {
  type FaultInput,
  met,
  missing,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { directUploads, trainerUpload } from '../publishing.js';

/** What a run uploads is private until somebody decides otherwise. */
export const publicUpload = defineRule({
  id: 'model-artifact-access/public-upload',
  title: 'A model is uploaded for everybody to see',
  severity: 'notice',
  judge: (run) =>
    overPlaces(
      [...judgeTrainer(run), ...directUploads(run).map((upload) => judgeCall(upload, run)), ...judgeAxolotl(run)],
      'the run uploads nothing',
    ),
});

function judgeTrainer(run: TrainingRun): PlaceVerdict[] {
  const upload = trainerUpload(run);
  if (upload.state === 'off') return [];
  if (upload.state === 'unknown') return [unknown(upload.reason)];
  const said = judgePrivacy(upload.private, run, 'hub_private_repo');
  if (said !== null) return [said];
  if (run.settings.open !== null) return [unknown(run.settings.open)];
  return [
    missing({
      severity: 'notice',
      at: upload.at,
      key: 'hub_private_repo',
      message:
        'The trainer uploads what it saves, and without `hub_private_repo` a new repository is public, unless the organisation says otherwise. Set it to true, and make the repository public when the model is to be.',
      fix: settingsFix(run.settings, [['hub_private_repo', true]], 'Keep a new repository private.'),
    }),
  ];
}

function judgeCall(upload: Upload, run: TrainingRun): PlaceVerdict {
  const said = upload.private === null ? null : judgePrivacy(upload.private, run, upload.key);
  if (said !== null) return said;
  if (upload.open !== null) return unknown(`${upload.label} takes arguments that could not be read`);
  return missing({
    severity: 'notice',
    at: upload.at,
    key: upload.key,
    message: `${upload.label} makes a new repository public, unless the organisation says otherwise. Pass \`private=True\`, and make it public when the model is to be.`,
    fix: privateFix(upload),
  });
}

function privateFix({ argumentsAt }: Upload): Fix | null {
  if (argumentsAt === null) return null;
  return {
    applicability: 'unsafe',
    title: 'Keep a new repository private.',
    edits: [addArgument(argumentsAt, 'private', 'True')],
  };
}

/** What is said of the privacy; null where nothing is. */
function judgePrivacy(control: OptionalControl<SettingValue>, run: TrainingRun, key: string): PlaceVerdict | null {
  const { setting } = control;
  if (setting.state === 'absent') return null;
  if (setting.state === 'dynamic' || setting.byDefault === true) return unknown('who may see it is said elsewhere');
  const { at } = setting;
  if (isTrue(setting)) return met(at);
  const fault: FaultInput = {
    // Whoever shows something may well want it to be seen.
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at,
    chain: chainOf(setting),
    key,
    value: 'false',
    message:
      'A new repository is made public here, with whatever the run saves into it. Keep it private, and make it public when the model has been looked at.',
  };
  return violated(fault);
}

/** axolotl makes its repositories private; uploading each checkpoint shows more than the model. */
function judgeAxolotl(run: TrainingRun): PlaceVerdict[] {
  if (run.stack !== 'axolotl') return [];
  const target = settingOf(run.settings, 'hub_model_id').setting;
  if (target.state === 'absent') return [];
  const strategy = settingOf(run.settings, 'hub_strategy').setting;
  if (strategy.state !== 'literal' || strategy.value !== 'all_checkpoints') return [met(target.at)];
  return [
    violated({
      severity: 'notice',
      at: strategy.at,
      key: 'hub_strategy',
      value: 'all_checkpoints',
      message:
        'Every checkpoint is uploaded, those that nobody has looked at too. Upload at the end, with `hub_strategy: end`.',
    }),
  ];
}
