import { describe, expect, it } from '@jest/globals';
import { METRICS } from '../../src/playbook/metrics.js';
import { PlaybookPageError, parsePlaybookPage } from '../../src/playbook/page.js';

const PAGE = `# adapter-isolation
Keeps an adapter on the base it was trained on.
Metric: \`finetuning_architecture.adapter_isolation_score\`
> Minimal fix: persist base compatibility metadata and explicit adapter target modules.

## adapter-isolation/implicit-targets
### Why
Targets differ by release.

They are not in the file.
### Edit
\`\`\`python
LoraConfig(target_modules=["q_proj"])
# a comment, not a heading
\`\`\`
### Verify
Read \`adapter_config.json\`.
### Leave it when
The run is a throw-away.
`;

describe('a playbook page', () => {
  it('gives the metric, what it protects and the four parts of each rule', () => {
    const page = parsePlaybookPage('playbook.md', PAGE);
    expect(page.metric.key).toBe('finetuning_architecture.adapter_isolation_score');
    expect(page.protects).toBe('Keeps an adapter on the base it was trained on.');
    expect(page.entries).toEqual([
      {
        rule: 'adapter-isolation/implicit-targets',
        why: 'Targets differ by release.\n\nThey are not in the file.',
        edit: '```python\nLoraConfig(target_modules=["q_proj"])\n# a comment, not a heading\n```',
        edits: [
          { stacks: null, text: '```python\nLoraConfig(target_modules=["q_proj"])\n# a comment, not a heading\n```' },
        ],
        verify: 'Read `adapter_config.json`.',
        leaveItWhen: 'The run is a throw-away.',
      },
    ]);
  });

  it('takes an edit apart by whom its parts are for', () => {
    const page = PAGE.replace(
      '### Verify',
      '#### axolotl, torchtune\nName the key.\n#### Python\nPass it.\n### Verify',
    );
    const [entry] = parsePlaybookPage('playbook.md', page).entries;
    expect(entry?.edits.slice(1)).toEqual([
      { stacks: new Set(['axolotl', 'torchtune']), text: 'Name the key.' },
      { stacks: new Set(['transformers', 'trl', 'peft', 'unsloth']), text: 'Pass it.' },
    ]);
    expect(entry?.edit).toContain('#### Python\n\nPass it.');
  });

  it('says which stacks there are where a heading names another', () => {
    const page = PAGE.replace('### Verify', '#### Axolotl\nName the key.\n### Verify');
    expect(() => parsePlaybookPage('playbook.md', page)).toThrow(
      '"#### Axolotl" must name some of these: Python, axolotl, LLaMA-Factory, torchtune, TRL files.',
    );
  });

  it.each([
    ['the metric line in a paragraph of its own', 'model.\nMetric', 'model.\n\nMetric'],
    ['the quote after an empty line', '`\n>', '`\n\n>'],
    ['a quote over two lines', 'metadata and', 'metadata\n> and'],
  ])('reads %s', (_, from, to) => {
    expect(parsePlaybookPage('playbook.md', PAGE.replace(from, to))).toEqual(parsePlaybookPage('playbook.md', PAGE));
  });

  it.each(METRICS)('knows the minimal fix of $key', ({ key, detector, minimalFix }) => {
    const page = `# ${detector}\nProtects.\nMetric: \`${key}\`\n> Minimal fix: ${minimalFix}\n`;
    expect(parsePlaybookPage('playbook.md', page).metric.key).toBe(key);
    expect(() => parsePlaybookPage('playbook.md', page.replace(minimalFix, `${minimalFix}.`))).toThrow(
      `> Minimal fix: ${minimalFix}`,
    );
  });

  it.each([
    ['is empty', PAGE, '', 'playbook.md: open the page with "# "'],
    ['names no detector', '# adapter-isolation', '# adapters', 'playbook.md: open the page with "# "'],
    [
      'says nothing of what it protects',
      'Keeps an adapter on the base it was trained on.\n',
      '',
      'what the metric protects',
    ],
    ['lacks the metric', /Metric: .*/, '', 'Metric: `finetuning_architecture.adapter_isolation_score`'],
    [
      'names another metric',
      'adapter_isolation_score',
      'run_lineage_score',
      'Metric: `finetuning_architecture.adapter',
    ],
    ['rewords the fix', 'persist base', 'Persist base', '> Minimal fix: persist base compatibility'],
    ['quotes it without the words before it', 'Minimal fix: ', '', '> Minimal fix: persist base compatibility'],
    ['quotes no fix', /> .*/, '', '> Minimal fix: persist base compatibility'],
    ['has an entry of another detector', '## adapter-isolation/', '## run-lineage/', 'under "## run-lineage/implicit'],
    ['has a rule id that is none', 'implicit-targets', 'Implicit_Targets', '"## adapter-isolation/…", in kebab-case'],
    ['lacks a part', /### Verify\n.*\n/, '', '"### Why", "### Edit", "### Verify", "### Leave it when"'],
    ['has a part too many', '### Verify', '### Notes\nx\n### Verify', 'under "## adapter-isolation/implicit-targets"'],
    ['has text before the parts', '### Why', 'Text.\n### Why', 'write exactly these headings'],
    ['leaves a part empty', 'Read `adapter_config.json`.', '', 'at least one sentence under "### Verify"'],
    ['has a rule twice', /$/, PAGE.slice(PAGE.indexOf('## ')), 'this rule has an entry already'],
  ])('that %s is an error which says what to write', (_, from, to, message) => {
    const page = PAGE.replace(from, () => to);
    expect(() => parsePlaybookPage('playbook.md', page)).toThrow(PlaybookPageError);
    expect(() => parsePlaybookPage('playbook.md', page)).toThrow(message);
  });
});
