import type { WebhookAnswer } from '../github/stand-in/deliveries.js';
import type { RecordedRequest } from '../github/stand-in/faults.js';
import type { HostedCheck, HostedComment } from '../github/stand-in/world.js';

/** One thing that people did to a pull request, and all that the App made of it. */
export interface Step {
  readonly name: string;
  /** Most requests for up to fifty changed files, before what is allowed for each comment and page on top. */
  readonly bound: number;
  readonly changedFiles: number;
  readonly requests: readonly RecordedRequest[];
  readonly webhook: WebhookAnswer;
  /** From the webhook to the completed check run; null where none was completed. */
  readonly checkMilliseconds: number | null;
  /** Those on the commit that the step is about. */
  readonly checks: readonly HostedCheck[];
  /** What stood on the pull request before and after. */
  readonly before: readonly SeenComment[];
  readonly after: readonly SeenComment[];
  /** What the App said of itself, from warnings on. */
  readonly warnings: readonly string[];
}

/** A comment as it was at one moment. */
export type SeenComment = Pick<
  HostedComment,
  'id' | 'path' | 'side' | 'line' | 'startLine' | 'body' | 'inReplyTo' | 'resolved' | 'edits'
> & { readonly isOurs: boolean };

export function freshComments({ before, after }: Step): readonly SeenComment[] {
  return after.filter(({ id, isOurs }) => isOurs && before.every((it) => it.id !== id));
}

/** The suggestion of a comment, on the lines that it takes the place of; null where it has none. */
export function suggestionOf({ side, body, line, startLine }: SeenComment): Suggestion | null {
  const found = /^(`{3,})suggestion\r?\n([\s\S]*?)^\1$/m.exec(body);
  if (found === null || line === null || side === 'LEFT') return null;
  return { startLine: startLine ?? line, endLine: line, text: found[2] ?? '' };
}

export interface Suggestion {
  readonly startLine: number;
  readonly endLine: number;
  /** Whole lines, each with its end; nothing to delete the lines. */
  readonly text: string;
}

/** A file after suggestions were committed on it. Line ends stay as they are, as GitHub keeps them. */
export function applySuggestions(content: string, suggestions: readonly Suggestion[]): string {
  const lines = content.split(/(?<=\n)/);
  const end = content.includes('\r\n') ? '\r\n' : '\n';
  for (const { startLine, endLine, text } of suggestions.toSorted((a, b) => b.startLine - a.startLine)) {
    const given = text.split(/(?<=\n)/).filter((line) => line !== '');
    lines.splice(startLine - 1, endLine - startLine + 1, ...given.map((line) => line.replace(/\r?\n$/, end)));
  }
  return lines.join('');
}
