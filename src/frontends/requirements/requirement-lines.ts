import type { FileFacts, RequirementFact } from '../../model/fact.js';
import type { Source } from '../frontend.js';
import { LineIndex } from '../places.js';
import { declaredIn, normalisedName, requirementFact } from './requirement.js';

/** Reads pip's requirement and constraint files. Other files they name (`-r base.txt`) are read where they stand. */
export function readRequirementLines(source: Source): FileFacts {
  const lines = new LineIndex(source.text);
  const text = withoutContinuations(source.text);
  const facts = [...text.matchAll(/^.*$/gm)].flatMap((line) => readLine(line[0], line.index, lines));
  return { facts, partial: null };
}

/** Continued lines as one, of the same length; a comment is never continued. */
function withoutContinuations(text: string): string {
  return text.replace(
    /^(?!\s*#)(.*)\\(\r?\n)/gm,
    (_, line: string, end: string) => `${line} ${' '.repeat(end.length)}`,
  );
}

function readLine(line: string, offset: number, lines: LineIndex): RequirementFact[] {
  return /^\s*(?:-e|--editable|git\+|https?:)/.test(line)
    ? readUrl(line, offset, lines)
    : declaredIn(line, offset, lines);
}

/** A URL says which library it is in its fragment, and nothing about the version. */
function readUrl(line: string, offset: number, lines: LineIndex): RequirementFact[] {
  const name = /#egg=([A-Za-z0-9._-]+)/.exec(line)?.[1];
  if (name === undefined) return [];
  const place = lines.place(offset, offset + line.trimEnd().length);
  return [requirementFact({ library: normalisedName(name), specifier: '', origin: 'declared', place })];
}
