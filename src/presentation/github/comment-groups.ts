import type { Finding } from '../../model/comparison.js';
import type { ProvenFix } from '../../model/fix.js';
import type { RunId } from '../../model/identifiers.js';
import type { Review } from '../../model/review.js';
import { SEVERITIES } from '../../model/verdict.js';
import { isShownAsIs } from '../markdown-text.js';
import { severityOf } from '../wording.js';
import { CommentableLines, type LineRange } from './commentable-lines.js';
import { MOST_AT_ONE_ANCHOR, MOST_MISSING_OF_A_RUN } from './limits.js';

/** The findings of one comment, worst first, and where it stands. */
export interface PlacedFindings {
  readonly findings: readonly Finding[];
  /** Null for a comment whose lines are gone from the diff. */
  readonly range: LineRange | null;
}

/** A comment with the edit that its reader can commit. */
export interface CommentGroup extends PlacedFindings {
  /** An edit of exactly the lines of the range, to be committed with a click; null where there is none or several. */
  readonly suggestion: ProvenFix | null;
}

/** Where a review would comment, worst first. Findings that are in none of these are for the summary alone. */
export function commentPlaces(review: Review): readonly PlacedOnLines[] {
  const lines = new CommentableLines(review.snapshot.changes);
  const inline = review.comparison.findings.filter((finding) => finding.inline);
  const shared = sharedByNewRuns(inline, review, lines);
  const told = new Set(shared.flatMap(({ all }) => all));
  const placed = [
    ...shared.map(({ findings, range }) => ({ findings, range })),
    ...inline.filter((finding) => !told.has(finding)).flatMap((finding) => ownPlace(finding, lines)),
  ];
  const merged = mergeByRange(mergeByRange(placed).map((group) => movedToEdit(group, review, lines)));
  return merged.sort(byWeight);
}

/**
 * The comments with their suggestions, in the same order. All suggestions can be committed together, so no two may touch
 * a line; the worse finding keeps its own.
 */
export function withSuggestions(placed: readonly PlacedFindings[], review: Review): readonly CommentGroup[] {
  const lines = new CommentableLines(review.snapshot.changes);
  const suggestions = new Map<PlacedFindings, ProvenFix>();
  for (const group of placed.toSorted(byWeight)) {
    const suggestion = suggestionFor(group, review, lines);
    const taken = [...suggestions.values()];
    if (suggestion !== null && !taken.some((other) => overlaps(other, suggestion))) suggestions.set(group, suggestion);
  }
  return placed.map((group) => ({ ...group, suggestion: suggestions.get(group) ?? null }));
}

interface PlacedOnLines extends PlacedFindings {
  readonly range: LineRange;
}

/** What a new run lacks is told once, where it starts to train, and not at each of the calls that lack something. */
function sharedByNewRuns(inline: readonly Finding[], { comparison }: Review, lines: CommentableLines) {
  const fresh = comparison.head.runs.filter(({ run }) => !comparison.continued.has(run.id)).map(({ run }) => run);
  const isNew = (id: RunId) => fresh.some((run) => run.id === id);
  const lacking = inline.filter((finding) => finding.kind === 'missing' && finding.runs.every(isNew));
  return fresh.flatMap((run) => {
    const all = lacking.filter((finding) => fresh.find(({ id }) => finding.runs.includes(id)) === run);
    const { path, startLine } = run.at;
    const range: LineRange = { side: 'head', path, startLine, endLine: startLine };
    // A single thing that lacks is told where it lacks.
    if (all.length < 2 || !lines.holds(range)) return [];
    return [{ all, findings: all.slice(0, MOST_MISSING_OF_A_RUN), range }];
  });
}

function ownPlace(finding: Finding, lines: CommentableLines): PlacedOnLines[] {
  const { anchor } = finding;
  return anchor === null || !lines.holds(anchor) ? [] : [{ findings: [finding], range: anchor }];
}

function mergeByRange(groups: readonly PlacedOnLines[]): PlacedOnLines[] {
  const merged = new Map<string, PlacedOnLines>();
  for (const { findings, range } of groups) {
    const key = [range.side, range.path, range.startLine, range.endLine].join('\n');
    const known = merged.get(key)?.findings ?? [];
    const all = [...known, ...findings].sort((a, b) => rankOf(a) - rankOf(b));
    merged.set(key, { range, findings: all.slice(0, MOST_AT_ONE_ANCHOR) });
  }
  return [...merged.values()];
}

/**
 * A suggestion replaces the lines that its comment stands on. So a comment moves to the lines of its edit where these
 * touch its own, and from a removed line to the edit beside it, which can then be committed.
 */
function movedToEdit(group: PlacedOnLines, review: Review, lines: CommentableLines): PlacedOnLines {
  const edit = onlyEdit(group.findings, review);
  if (edit === null || !isCommittable(edit, review, lines)) return group;
  const { range } = group;
  const target = rangeOf(edit);
  const touches = range.path === edit.path && range.startLine <= edit.endLine && edit.startLine <= range.endLine;
  const moves = range.side === 'head' ? touches : lines.areTogether(range, target);
  return moves ? { findings: group.findings, range: target } : group;
}

function suggestionFor({ range, findings }: PlacedFindings, review: Review, lines: CommentableLines): ProvenFix | null {
  const edit = onlyEdit(findings, review);
  if (range === null || edit === null || !isCommittable(edit, review, lines)) return null;
  const { side, path, startLine, endLine } = rangeOf(edit);
  const same = range.side === side && range.path === path && range.startLine === startLine && range.endLine === endLine;
  return same ? edit : null;
}

/** The one edit that mends what can be mended here; null where findings need different ones. */
function onlyEdit(findings: readonly Finding[], { fixes }: Review): ProvenFix | null {
  const edits = findings.flatMap(({ fingerprint }) => fixes.get(fingerprint) ?? []);
  const [first] = edits;
  return first !== undefined && edits.every((edit) => isSameEdit(edit, first)) ? first : null;
}

export function isSameEdit(a: ProvenFix, b: ProvenFix): boolean {
  return (
    a.path === b.path &&
    a.startLine === b.startLine &&
    a.endLine === b.endLine &&
    a.replacement === b.replacement &&
    a.deletesLines === b.deletesLines
  );
}

/** A longer suggestion is not read, and one line of minified JSON can be a whole file. */
const LONGEST_SUGGESTION = 4000;

/**
 * Whether GitHub would apply the edit as it is: all its lines in one hunk, a real change, and no character that a
 * comment cannot hold. A comment has no CRLF, so in a file with CRLF the edit would change how its lines end.
 */
function isCommittable(edit: ProvenFix, { texts }: Review, lines: CommentableLines): boolean {
  const text = texts.head.get(edit.path);
  if (text === undefined || text.includes('\r') || !lines.holds(rangeOf(edit))) return false;
  const replaced = text
    .split('\n')
    .slice(edit.startLine - 1, edit.endLine)
    .join('\n');
  const changes = edit.deletesLines || replaced !== edit.replacement;
  return changes && edit.replacement.length <= LONGEST_SUGGESTION && isShownAsIs(edit.replacement);
}

function rangeOf({ path, startLine, endLine }: ProvenFix): LineRange {
  return { side: 'head', path, startLine, endLine };
}

function overlaps(a: ProvenFix, b: ProvenFix): boolean {
  return a.path === b.path && a.startLine <= b.endLine && b.startLine <= a.endLine;
}

function byWeight(a: PlacedFindings, b: PlacedFindings): number {
  const [rankA, rankB] = [a, b].map(({ findings }) => (findings[0] === undefined ? 0 : rankOf(findings[0])));
  if (rankA !== rankB) return (rankA ?? 0) - (rankB ?? 0);
  if (a.range === null || b.range === null) return Number(a.range === null) - Number(b.range === null);
  return (
    compare(a.range.path, b.range.path) ||
    a.range.startLine - b.range.startLine ||
    a.range.endLine - b.range.endLine ||
    compare(a.range.side, b.range.side)
  );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function rankOf(finding: Finding): number {
  return SEVERITIES.indexOf(severityOf(finding));
}
