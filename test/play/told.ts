import { withoutMarker } from '../../src/presentation/github/marker.js';
import { freshComments, type SeenComment, type Step } from './step.js';

/** What a reader of the pull request sees after a step that was not there before. */
export function told(step: Step): string {
  const check = step.checks.at(-1);
  const after = new Map(step.after.map((comment) => [comment.id, comment]));
  const edited = step.before.flatMap((was) => {
    const now = after.get(was.id);
    return now === undefined || now.body === was.body ? [] : [now];
  });
  const gone = step.before.filter(({ id }) => !after.has(id));
  return [
    check === undefined ? 'No check run.' : `Check run: ${check.conclusion}, “${check.title}”`,
    ...(step.name === 'opened' ? [indented(check?.summary ?? ''), ...annotationsOf(step)] : []),
    ...freshComments(step).map((comment) => `New comment on ${placeOf(comment)}\n${indented(comment.body)}`),
    ...edited.map((comment) => `Edited comment on ${placeOf(comment)}\n${indented(comment.body)}`),
    ...gone.map((comment) => `Deleted: the comment on ${placeOf(comment)}`),
  ].join('\n');
}

function annotationsOf({ checks }: Step): string[] {
  const annotations = checks.at(-1)?.annotations ?? [];
  return annotations.map((it) => `Annotation, ${it.annotation_level}, ${it.path}:${it.start_line}: ${it.message}`);
}

function placeOf({ path, side, startLine, line }: SeenComment): string {
  const lines = startLine === null || startLine === line ? line : `${startLine}-${line}`;
  return `${path}:${lines}${side === 'LEFT' ? ' (removed)' : ''}`;
}

function indented(text: string): string {
  return withoutMarker(text)
    .split('\n')
    .map((line) => `    ${line}`.trimEnd())
    .join('\n');
}
