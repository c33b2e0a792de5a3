import { Lexer, type Tokens } from 'marked';
import { DEFAULT_JUDGE_OPTIONS, type JudgeOptions } from '../../src/model/rule.js';
import type { Severity } from '../../src/model/verdict.js';

/** One example of a rule's page: files as they stand, the marks in them, and the files after the fix. */
export interface Example {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly marks: readonly Mark[];
  /** Files as they should be once every fix of the example is applied; empty where none is expected. */
  readonly fixed: Readonly<Record<string, string>>;
  /** What the settings of the repository would say. */
  readonly options: JudgeOptions;
}

/** A line that a rule should report. A line with two marks is reported twice, as where two loads share a constant. */
export interface Mark {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** Null where the page leaves it to the rule. */
  readonly severity: Severity | null;
}

const MARK = /[ \t]*(?:#|\/\/) finding: (\S+)(?: \((error|warning|notice)\))?/g;

/**
 * Reads a rule's page: each `##` section with code blocks is an example. A block's info line names its file,
 * `title=configs/sft.yml`; `fixed` marks the text after the fix, `crlf` gives it Windows line ends, `privacy-required` is what a
 * repository says whose data is personal. Marks are taken out
 * before the text is read, so that JSON stays JSON. `<34 random letters>` stands for as many, so that no page looks
 * like a leak.
 */
export function readExamples(page: string): Example[] {
  const examples: { title: string; blocks: Tokens.Code[] }[] = [];
  for (const token of Lexer.lex(page)) {
    if (token.type === 'heading' && token.depth === 2) examples.push({ title: token.text, blocks: [] });
    if (token.type === 'code') examples.at(-1)?.blocks.push(token as Tokens.Code);
  }
  return examples.filter((example) => example.blocks.length > 0).map(({ title, blocks }) => exampleOf(title, blocks));
}

function exampleOf(title: string, blocks: readonly Tokens.Code[]): Example {
  const files: Record<string, string> = {};
  const fixed: Record<string, string> = {};
  const marks: Mark[] = [];
  for (const block of blocks) {
    const info = block.lang ?? '';
    const path = /(?:^|\s)title=(\S+)/.exec(info)?.[1];
    if (path === undefined) throw new Error(`a code block under "${title}" has no title=`);
    const isFixed = /\sfixed\b/.test(info);
    const text = withLineEnds(
      `${withRandom(block.text)
        .split('\n')
        .map((line) => line.replaceAll(MARK, ''))
        .join('\n')}\n`,
      info,
    );
    if (isFixed) fixed[path] = text;
    else files[path] = text;
    if (!isFixed) marks.push(...marksIn(path, block.text));
  }
  const privacyRequired = blocks.some(({ lang }) => /\sprivacy-required\b/.test(lang ?? ''));
  return { title, files, marks, fixed, options: { ...DEFAULT_JUDGE_OPTIONS, privacyRequired } };
}

const DRAWN = { letters: 'QkZtRwLpXyVbNmJdGsTcFhAeUoBiKrWzPq', digits: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b' };

function withRandom(text: string): string {
  return text.replaceAll(/<(\d+) random (letters|digits)>/g, (_, length: string, kind: keyof typeof DRAWN) =>
    DRAWN[kind].repeat(9).slice(0, Number(length)),
  );
}

function marksIn(path: string, text: string): Mark[] {
  return text.split('\n').flatMap((line, index) =>
    [...line.matchAll(MARK)].map(([, rule = '', severity]) => ({
      path,
      line: index + 1,
      rule,
      severity: (severity ?? null) as Severity | null,
    })),
  );
}

function withLineEnds(text: string, info: string): string {
  return /\scrlf\b/.test(info) ? text.replaceAll('\n', '\r\n') : text;
}
