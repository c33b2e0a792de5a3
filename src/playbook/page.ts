import { Lexer, type Token, type Tokens } from 'marked';
import { type DetectorId, type RuleId, ruleId } from '../model/identifiers.js';
import type { Stack } from '../model/run.js';
import { METRICS, type Metric } from './metrics.js';

/**
 * A detector's `playbook.md`. It is Markdown of this shape, the four sections of a rule each with a text:
 *
 *     # base-model-versioning
 *     What the metric protects, in one paragraph.
 *
 *     Metric: `finetuning_architecture.base_model_versioning_score`
 *     > Minimal fix: the playbook's words for this metric.
 *
 *     ## base-model-versioning/unpinned-model
 *     ### Why
 *     ### Edit
 *     What holds for every stack. `#### axolotl` and the like open what is for some stacks alone.
 *     ### Verify
 *     ### Leave it when
 */
export interface PlaybookPage {
  readonly metric: Metric;
  /** What the metric protects, as Markdown. */
  readonly protects: string;
  readonly entries: readonly PlaybookEntry[];
}

/** What the playbook says of one rule; each part is Markdown. */
export interface PlaybookEntry {
  readonly rule: RuleId;
  /** What goes wrong if it is left as it is. */
  readonly why: string;
  readonly edit: string;
  /** The same, taken apart by whom it is for. */
  readonly edits: readonly EditPart[];
  /** How an author sees that the edit worked. */
  readonly verify: string;
  /** When the finding is right and the code may stay. */
  readonly leaveItWhen: string;
}

/** A part of an edit, as Markdown. `stacks` is null for what every reader needs. */
export interface EditPart {
  readonly stacks: ReadonlySet<Stack> | null;
  readonly text: string;
}

/** What the headings inside of an edit may name, one or several with commas between. */
const AUDIENCES: Readonly<Record<string, readonly Stack[]>> = {
  Python: ['transformers', 'trl', 'peft', 'unsloth'],
  axolotl: ['axolotl'],
  'LLaMA-Factory': ['llama-factory', 'llama-factory-v1'],
  torchtune: ['torchtune'],
  'TRL files': ['trl-cli', 'trl-recipe', 'open-instruct', 'hf-trainer'],
};

/** A page that does not have its shape. The message names file and heading and says what to write. */
export class PlaybookPageError extends Error {
  override readonly name = 'PlaybookPageError';

  constructor(file: string, heading: string | null, advice: string) {
    super(heading === null ? `${file}: ${advice}` : `${file}, under "${heading}": ${advice}`);
  }
}

/** Reads a page. `file` is for messages only. */
export function parsePlaybookPage(file: string, text: string): PlaybookPage {
  const [title, ...rules] = sections(Lexer.lex(text), 2);
  const metric = readTitle(file, title ?? { heading: null, body: [] });
  const entries = rules.map((section) => readEntry(file, metric.detector, section));
  entries.forEach((entry, index) => {
    if (entries.findIndex((other) => other.rule === entry.rule) === index) return;
    throw new PlaybookPageError(file, `## ${entry.rule}`, 'this rule has an entry already; merge the two.');
  });
  return { metric, protects: protectsOf(title?.body ?? []), entries };
}

interface Section {
  /** Null for what stands before the first heading of the depth. */
  readonly heading: Tokens.Heading | null;
  readonly body: readonly Token[];
}

/** The tokens before the first heading of this depth, then one section a heading. */
function sections(tokens: readonly Token[], depth: number): Section[] {
  const found: { heading: Tokens.Heading | null; body: Token[] }[] = [{ heading: null, body: [] }];
  for (const token of tokens) {
    if (isHeading(token) && token.depth === depth) found.push({ heading: token, body: [] });
    else if (token.type !== 'space') found.at(-1)?.body.push(token);
  }
  return found;
}

const METRIC_LINE = /(?:^|\n)Metric: `([^`\n]*)`$/;
const FIX_PREFIX = 'Minimal fix: ';

function readTitle(file: string, { body }: Section): Metric {
  const title = body.find(isHeading);
  const metric = METRICS.find(({ detector }) => title?.text === detector);
  if (body[0] !== title || title?.depth !== 1 || metric === undefined) {
    throw new PlaybookPageError(file, null, 'open the page with "# " and the id of a detector of the playbook.');
  }
  const heading = `# ${metric.detector}`;
  if (protectsOf(body) === '') {
    throw new PlaybookPageError(file, heading, 'write one paragraph on what the metric protects.');
  }
  if (METRIC_LINE.exec(proseOf(body))?.[1] !== metric.key) {
    throw new PlaybookPageError(file, heading, `end the paragraphs with the line: Metric: \`${metric.key}\``);
  }
  if (quoteOf(body) !== FIX_PREFIX + metric.minimalFix) {
    const line = `> ${FIX_PREFIX}${metric.minimalFix}`;
    throw new PlaybookPageError(file, heading, `quote the minimal fix once, word for word: ${line}`);
  }
  return metric;
}

function protectsOf(body: readonly Token[]): string {
  return proseOf(body).replace(METRIC_LINE, '').trim();
}

function proseOf(body: readonly Token[]): string {
  const paragraphs = body.filter((token): token is Tokens.Paragraph => token.type === 'paragraph');
  return paragraphs.map(({ text }) => text).join('\n\n');
}

/** The text of the page's quotes, where a line break means a space as in all Markdown. */
function quoteOf(body: readonly Token[]): string {
  const quotes = body.filter((token): token is Tokens.Blockquote => token.type === 'blockquote');
  return quotes.map(({ text }) => text.trim().replaceAll('\n', ' ')).join('\n');
}

const PARTS = { Why: 'why', Edit: 'edit', Verify: 'verify', 'Leave it when': 'leaveItWhen' } as const;
const PART_TITLES = Object.keys(PARTS).map((title) => `"### ${title}"`);

function readEntry(file: string, detector: DetectorId, { heading, body }: Section): PlaybookEntry {
  const rule = readRuleId(file, detector, heading?.text ?? '');
  const [before, ...parts] = sections(body, 3);
  const titles = parts.map((part) => part.heading?.text);
  if (before?.body.length !== 0 || titles.join('\n') !== Object.keys(PARTS).join('\n')) {
    throw new PlaybookPageError(
      file,
      `## ${rule}`,
      `write exactly these headings, in order: ${PART_TITLES.join(', ')}.`,
    );
  }
  const [why = '', edit = '', verify = '', leaveItWhen = ''] = parts.map((part) => readPart(file, rule, part));
  return { rule, why, edit, edits: editParts(file, rule, edit), verify, leaveItWhen };
}

function editParts(file: string, rule: RuleId, edit: string): readonly EditPart[] {
  return sections(Lexer.lex(edit), 4).flatMap((part) => {
    if (part.heading === null && part.body.length === 0) return [];
    const text = readPart(file, rule, part);
    return [{ stacks: part.heading === null ? null : stacksNamed(file, rule, part.heading.text), text }];
  });
}

function stacksNamed(file: string, rule: RuleId, heading: string): ReadonlySet<Stack> {
  const stacks = heading.split(',').map((name) => AUDIENCES[name.trim()]);
  if (stacks.every((it) => it !== undefined)) return new Set(stacks.flat());
  const known = Object.keys(AUDIENCES).join(', ');
  throw new PlaybookPageError(file, `## ${rule}`, `"#### ${heading}" must name some of these: ${known}.`);
}

function readRuleId(file: string, detector: DetectorId, text: string): RuleId {
  const heading = `## ${text}`;
  try {
    if (text.startsWith(`${detector}/`)) return ruleId(text);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
  }
  throw new PlaybookPageError(file, heading, `name a rule of this detector: "## ${detector}/…", in kebab-case.`);
}

function readPart(file: string, rule: RuleId, { heading, body }: Section): string {
  const text = body.map((token) => token.raw.trim()).join('\n\n');
  if (text === '') {
    throw new PlaybookPageError(file, `## ${rule}`, `write at least one sentence under "### ${heading?.text}".`);
  }
  return text;
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}
