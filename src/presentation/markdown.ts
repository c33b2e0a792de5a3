import type { Review } from '../model/review.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { renderDocument, type Section } from './markdown-document.js';
import { wholeFinding } from './markdown-finding.js';
import { createTelling, type MarkdownTelling } from './markdown-places.js';
import { freshFindings, notices, summarySections, YIELDS } from './markdown-summary.js';
import { withoutSecrets } from './without-secrets.js';
import { severityOf } from './wording.js';

/**
 * A review to paste into a job summary or a merge request. Text of the repository stays text in it: no markup, no
 * mention, no reference. What would be too long for a comment of a code host is counted instead.
 */
export function presentMarkdown(
  made: Review,
  playbook: Playbook,
  hosted: Partial<Pick<MarkdownTelling, 'repository'>> = {},
): string {
  const telling = createTelling(withoutSecrets(made), playbook, hosted);
  const newFindings = [...wholeFindings(telling), ...notices(telling)];
  return `${renderDocument(summarySections(telling, { newFindings, remarks: [] }), LONGEST)}\n`;
}

/** What the strictest of the usual hosts takes as one comment, in characters; the last is the line end. */
const LONGEST = 65_535;

function wholeFindings(telling: MarkdownTelling): readonly Section[] {
  const weighty = freshFindings(telling).filter((finding) => severityOf(finding) !== 'notice');
  if (weighty.length === 0) return [];
  const pieces = weighty.map((finding) => wholeFinding(finding, telling).join('\n\n'));
  return [{ heading: '#### New findings', pieces, layout: 'paragraphs', noun: 'finding', yields: YIELDS.fresh }];
}
