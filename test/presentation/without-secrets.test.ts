import { expect, it } from '@jest/globals';
import { lineNumber } from '../../src/model/identifiers.js';
import { presentJson } from '../../src/presentation/json.js';
import { presentText } from '../../src/presentation/text.js';
import { finding, PLAYBOOK, review, TRAIN, TRAIN_HEAD } from './review-builder.js';

const SECRET = 'a1b2c3d4e5'.repeat(4);
const LOAD = 'model = AutoModelForCausalLM.from_pretrained(BASE, trust_remote_code=True)';

/** A review of a fault whose lines are as given, with a fix that writes others. */
function told(load: string, replacement: string): { text: string; suggestion: unknown; json: string } {
  const found = finding();
  const made = review({
    findings: [found],
    texts: { head: new Map([[TRAIN, TRAIN_HEAD.replace(LOAD, load)]]) },
    fixes: new Map([
      [
        found.fingerprint,
        {
          applicability: 'safe',
          title: 'Drop it.',
          path: TRAIN,
          startLine: lineNumber(6),
          endLine: lineNumber(6),
          replacement,
          deletesLines: false,
        },
      ],
    ]),
  });
  const json = presentJson(made, PLAYBOOK);
  const text = presentText(made, PLAYBOOK, { colour: false, width: 200 });
  return { text, json, suggestion: JSON.parse(json).findings[0].suggestion };
}

it('stars out a secret in a code frame and leaves out a fix that would repeat it', () => {
  const { text, json, suggestion } = told(
    `model = load(BASE, token="${SECRET}", trust_remote_code=True)`,
    `model = load(BASE, token="${SECRET}")`,
  );
  expect(text).toContain(`> 6 │ model = load(BASE, token="${'*'.repeat(40)}", trust_remote_code=True)`);
  expect(text).not.toContain('Drop it.');
  expect(suggestion).toBeNull();
  expect(text + json).not.toContain(SECRET);
});

it('leaves out a fix whose secret is named on the line before', () => {
  const found = finding();
  const text = `${LOAD}\ntoken = (\n    "${SECRET}", 1)\n`;
  const [startLine, endLine] = [lineNumber(3), lineNumber(3)];
  const written = { path: TRAIN, startLine, endLine, replacement: `    "${SECRET}")`, deletesLines: false };
  const made = review({
    findings: [found],
    texts: { head: new Map([[TRAIN, text]]) },
    fixes: new Map([[found.fingerprint, { applicability: 'safe', title: 'Drop it.', ...written }]]),
  });
  const json = presentJson(made, PLAYBOOK);
  expect(JSON.parse(json).findings[0].suggestion).toBeNull();
  expect(json).not.toContain(SECRET);
});

it('shows a fix that takes a secret away, with the secret starred out', () => {
  const { text, suggestion } = told(`model = load(BASE, token="${SECRET}")`, 'model = load(BASE)');
  expect(text).toContain(`-model = load(BASE, token="${'*'.repeat(40)}")`);
  expect(text).toContain('+model = load(BASE)');
  expect(suggestion).toMatchObject({ replacement: 'model = load(BASE)' });
});

it('masks a secret in a message', () => {
  const message = `\`load(token="${SECRET}")\` is not pinned.`;
  const made = review({ findings: [finding({ fault: { message, value: `token=${SECRET}` } })] });
  const shown = presentText(made, PLAYBOOK, { colour: false, width: 200 }) + presentJson(made, PLAYBOOK);
  expect(shown).toContain('`load(token="<masked secret>")` is not pinned.');
  expect(shown).not.toContain(SECRET);
});
