import { describe, expect, it } from '@jest/globals';
import { findRuns } from '../../src/runs/find-runs.js';
import { sourceTree } from '../support/source-tree.js';

const IMPORTS = 'from trl import SFTTrainer, setup_chat_format\nfrom unsloth.chat_templates import get_chat_template\n';
const TRAINER = 'SFTTrainer("acme/base", train_dataset=rows).train()\n';
const ALPACA = 'TEXT = "### Instruction:\\n{}\\n### Response:\\n{}"\n';

/** What is written before the trainer, and behind it. */
async function promptsOf(before: string, behind = ''): Promise<string[][]> {
  const [run] = findRuns(await sourceTree({ 'train.py': `${IMPORTS}${ALPACA}${before}${TRAINER}${behind}` }));
  if (run === undefined) throw new Error('the file holds no run');
  return [run.prompts.training, run.prompts.asking].map(({ templates, texts }) => [
    ...templates.map(({ template }) => (template.state === 'literal' ? String(template.value) : template.state)),
    ...texts.map(({ format }) => format),
  ]);
}

describe('how code writes turns', () => {
  it.each<[string, string, string, string[][]]>([
    ['a template of Unsloth', 'get_chat_template(tokenizer, "zephyr")\n', '', [['zephyr'], []]],
    ['the one that Unsloth takes by itself', 'get_chat_template(tokenizer)\n', '', [['chatml'], []]],
    ['a template of TRL', 'setup_chat_format(model, tokenizer)\n', '', [['chatml'], []]],
    ['an assignment', 'tokenizer.chat_template = "{{ x }}"\n', '', [['{{ x }}'], []]],
    ['one that is taken away', 'tokenizer.chat_template = None\n', '', [['absent'], []]],
    ['a condition', 'if plain:\n    tokenizer.chat_template = "{{ x }}"\n', '', [['dynamic'], []]],
    ['a template behind the trainer', '', 'get_chat_template(tokenizer, "zephyr")\n', [[], ['zephyr']]],
    ['rows in turns', 'tokenizer.apply_chat_template(rows)\n', '', [['chat'], []]],
    ['a question before training', 'tokenizer.apply_chat_template(q, add_generation_prompt=True)\n', '', [[], []]],
    ['a question', '', 'tokenizer.apply_chat_template(q, add_generation_prompt=True)\n', [[], ['chat']]],
    ['rows below headings', 'rows = [TEXT.format(a, b)]\n', '', [['alpaca'], []]],
    ['a question below headings', '', 'tokenizer([TEXT.format(q, "")], return_tensors="pt")\n', [[], ['alpaca']]],
    ['headings inside a turn', 'rows = [{"role": "user", "content": TEXT.format(a, b)}]\n', '', [[], []]],
    ['another text', 'name = "{}-{}".format(a, b)\n', '', [[], []]],
    ['a function of the repository with the same name', 'tools.get_chat_template(tokenizer, "zephyr")\n', '', [[], []]],
  ])('%s', async (_, before, behind, expected) => {
    expect(await promptsOf(before, behind)).toEqual(expected);
  });

  it('leaves out what stands behind one of several trainers', async () => {
    const again = `get_chat_template(tokenizer, "zephyr")\n${TRAINER}`;
    expect(await promptsOf('', again)).toEqual([[], []]);
  });
});
