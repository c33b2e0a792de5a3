import type { Location } from '../../../src/model/location.js';
import { defineComparingRule, type Sibling } from '../../../src/model/rule.js';
import { type Stack, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { outputFolderOf, startedFrom } from '../../checkpoint-management/output-folder.js';
import { templateOf } from '../template.js';

/** What is kept of a run for those that go on from its model: where it writes, and how it wrote turns. */
type Stage = {
  readonly stack: string;
  readonly outputs: readonly string[];
  readonly from: string;
  readonly template: string;
  readonly file: string;
  readonly at: Location;
};

/** A stage writes turns as the stage before it did. */
export const templateDiffers = defineComparingRule<Stage>({
  id: 'prompt-format-inconsistency/template-differs',
  title: 'A stage uses another prompt format than the one before',
  severity: 'warning',
  project: (run) => {
    const template = templateOf(run);
    const [file] = run.files;
    if (!NAMES_TEMPLATES.has(run.stack) || template.state !== 'named' || file === undefined) return null;
    const outputs = outputsOf(run);
    if (outputs.length === 0) return null;
    return { stack: run.stack, outputs, from: startedFrom(run), template: template.name, file, at: template.at };
  },
  judge: (run, _options, siblings) => overPlaces([judgeRun(run, siblings)], 'the stack names no template'),
});

/** Stacks whose names for templates can be compared: the same key, or the same text. */
const NAMES_TEMPLATES: ReadonlySet<Stack> = new Set([
  'axolotl',
  'llama-factory',
  'trl-cli',
  'trl-recipe',
  'hf-trainer',
]);

function judgeRun(run: TrainingRun, siblings: readonly Sibling<Stage>[]): PlaceVerdict {
  if (!NAMES_TEMPLATES.has(run.stack)) return notApplicable('the stack names no template');
  const template = templateOf(run);
  if (template.state === 'unknown') return unknown(template.reason);
  const starts = run.loads
    .filter((load) => load.what === 'model' || load.what === 'adapter')
    .flatMap(({ name }) => (isLiteral(name) && name.byDefault !== true ? [normalised(name.value)] : []));
  const before = siblings.find(
    ({ projection: it }) =>
      it.stack === run.stack &&
      it.from === startedFrom(run) &&
      it.outputs.some((output) => starts.some((start) => isWithin(start, output))),
  );
  if (before === undefined) return notApplicable('the run goes on from no other run of the repository');
  if (template.state === 'tokenizer') return unknown('the tokenizer may carry the template of the stage before');
  const { template: other, file, at } = before.projection;
  if (other === template.name) return met(template.at);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: template.at,
    chain: [...template.chain, at],
    key: 'chat_template',
    value: `${clipped(other)} then ${clipped(template.name)}`,
    message: `This run goes on from the model of \`${file}\`, which was trained with \`${clipped(other)}\`, and writes turns with \`${clipped(template.name)}\`: what the model has learnt of turns does not hold here. Use one template for both.`,
  });
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

/** The output itself, or a checkpoint in it. */
function isWithin(start: string, output: string): boolean {
  return start === output || start.startsWith(`${output}/`);
}

/** A template may be a page of Jinja. */
function clipped(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
