import { replaceValue } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import type { ModelUse } from '../../../src/model/model-use.js';
import { defineComparingRule, type Sibling } from '../../../src/model/rule.js';
import { type Stack, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { outputFolderOf, startedFrom } from '../../checkpoint-management/output-folder.js';
import { judgeAsking } from '../asking.js';
import { clipped, type Template, templateOf } from '../template.js';
import { marksNamed } from '../turn-marks.js';

type Named = Extract<Template, { state: 'named' }>;

/** What is kept of a run for those that go on from its model: where it writes, and how it wrote turns. */
type Stage = {
  readonly stack: string;
  readonly outputs: readonly string[];
  readonly from: string;
  readonly template: string;
  readonly file: string;
  readonly at: Location;
  /** Uses of its model that write turns as it did. */
  readonly served: readonly string[];
};

/** A stage writes turns as the stage before it did. */
export const templateDiffers = defineComparingRule<Stage>({
  id: 'prompt-format-inconsistency/template-differs',
  title: 'A stage, or what asks the model, uses another prompt format than training did',
  severity: 'warning',
  project: (run) => {
    const template = templateOf(run);
    const [file] = run.files;
    if (!writesTurns(run) || template.state !== 'named' || file === undefined) return null;
    const outputs = outputsOf(run);
    if (outputs.length === 0) return null;
    const served = run.uses.filter((use) => writesAlike(template.name, use.template.name)).map(idOf);
    return {
      stack: run.stack,
      outputs,
      from: startedFrom(run),
      template: template.name,
      file,
      at: template.at,
      served,
    };
  },
  judge: (run, _options, siblings) =>
    overPlaces(
      [judgeStage(run, siblings), ...judgeUses(run, siblings), ...judgeAsking(run)],
      'the stack names no template',
    ),
});

/** LLaMA-Factory reads a template for pretraining, too, and writes none of it. */
function writesTurns({ stack, method }: TrainingRun): boolean {
  return NAMES_TEMPLATES.has(stack) && method !== 'pretrain';
}

/** Stacks that name a template by a key; in code the same one may be written in two ways. */
const BY_KEY: ReadonlySet<Stack> = new Set([
  'axolotl',
  'llama-factory',
  'torchtune',
  'trl-cli',
  'trl-recipe',
  'hf-trainer',
]);

/** Stacks whose names for templates can be compared: the same key, the same text, or the same marks. */
const NAMES_TEMPLATES: ReadonlySet<Stack> = new Set([...BY_KEY, 'trl', 'unsloth', 'transformers']);

function judgeStage(run: TrainingRun, siblings: readonly Sibling<Stage>[]): PlaceVerdict {
  if (!writesTurns(run)) return notApplicable('the stack names no template, or the run has no turns');
  const template = templateOf(run);
  if (template.state === 'unknown') return unknown(template.reason);
  const own = outputsOf(run);
  const starts = run.loads
    .filter((load) => load.what === 'model' || load.what === 'adapter')
    .flatMap(({ name }) => (isLiteral(name) && name.byDefault !== true ? [normalised(name.value)] : []))
    // A run that loads what it writes goes on from itself.
    .filter((start) => !own.some((output) => isWithin(start, output)));
  const stages = siblings.filter(
    ({ projection: it }) =>
      it.stack === run.stack &&
      it.from === startedFrom(run) &&
      it.outputs.some((output) => starts.some((start) => isWithin(start, output))),
  );
  // Where several runs write the folder, any of them may be the one before.
  const before =
    template.state === 'named'
      ? (stages.find(({ projection }) => writesAlike(projection.template, template.name)) ?? stages[0])
      : stages[0];
  if (before === undefined) return notApplicable('the run goes on from no other run of the repository');
  if (template.state === 'tokenizer') return unknown('the tokenizer may carry the template of the stage before');
  const { template: other, file, at } = before.projection;
  if (writesAlike(other, template.name)) return met(template.at);
  const isTold = BY_KEY.has(run.stack) || (marksNamed(other) !== null && marksNamed(template.name) !== null);
  if (!isTold) return unknown('the marks of a template are not known');
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: template.at,
    chain: [...template.chain, at],
    key: 'chat_template',
    value: `${clipped(other)} then ${clipped(template.name)}`,
    message: `This run goes on from the model of \`${file}\`, which was trained with \`${clipped(other)}\`, and writes turns with \`${clipped(template.name)}\`: what the model has learnt of turns does not hold here. Use one template for both.`,
  });
}

/** What asks, serves or exports the model: one that writes turns as another run of the same folder did is that run's. */
function judgeUses(run: TrainingRun, siblings: readonly Sibling<Stage>[]): PlaceVerdict[] {
  const template = templateOf(run);
  if (run.uses.length === 0 || !writesTurns(run)) return [];
  if (template.state === 'unknown') return [unknown(template.reason)];
  if (template.state === 'tokenizer') return [unknown('the tokenizer may carry the template of training')];
  return run.uses.map((use) => {
    if (writesAlike(template.name, use.template.name)) return met(use.template.at);
    const isServed = siblings.some(({ projection }) => projection.served.includes(idOf(use)));
    return isServed ? notApplicable('another run writes the same folder') : judgeUse(run, template, use);
  });
}

function judgeUse(run: TrainingRun, template: Named, { template: used }: ModelUse): PlaceVerdict {
  const [file = ''] = run.files;
  const words = used.name === null ? 'no template at all' : `\`${clipped(used.name)}\``;
  const asks = used.isStated
    ? `it is asked with ${words} here`
    : `it is asked with ${words} here, since nothing is said`;
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: used.at,
    chain: [template.at, used.at],
    key: 'chat_template',
    value: `${clipped(template.name)} then ${clipped(used.name ?? 'none')}`,
    message: `The model of \`${file}\` was trained with \`${clipped(template.name)}\`, and ${asks}: it does not know these turns. Use one template for both.`,
    fix: used.isStated
      ? {
          applicability: 'unsafe',
          title: 'Use the template of training.',
          edits: [replaceValue(used.at, template.name)],
        }
      : null,
  });
}

/** Names for the same marks are one template with another system prompt. */
function writesAlike(name: string, other: string | null): boolean {
  if (name === other) return true;
  const marks = marksNamed(name);
  return marks !== null && other !== null && marks === marksNamed(other);
}

function idOf({ template: { at } }: ModelUse): string {
  return `${at.path} ${at.start}`;
}

/** Its folder, and its name on the hub. */
function outputsOf(run: TrainingRun): readonly string[] {
  const folder = outputFolderOf(run);
  const target = settingOf(run.settings, 'hub_model_id').setting;
  return [
    ...(folder.state === 'constant' && folder.path !== '.' ? [folder.path] : []),
    ...(isLiteral(target) ? [String(target.value)] : []),
  ];
}

function normalised(name: string): string {
  return name.replace(/\/+$/, '').replace(/^(?:\.\/+)+/, '');
}

/** The output itself, or a checkpoint in it; what else lies below may be another run's. */
function isWithin(start: string, output: string): boolean {
  return start === output || (start.startsWith(`${output}/`) && /^checkpoint-/.test(start.slice(output.length + 1)));
}
