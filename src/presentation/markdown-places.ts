import type { CommitSha, Fingerprint, RuleId, RunId } from '../model/identifiers.js';
import type { Review } from '../model/review.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { code } from './markdown-text.js';
import type { Place } from './place.js';
import { runNames } from './wording.js';

/** Where a repository is hosted, for links to its lines. */
export interface HostedRepository {
  /** `https://github.com`, without a slash at its end. */
  readonly server: string;
  readonly owner: string;
  readonly repo: string;
}

/** What telling a review in Markdown needs. */
export interface MarkdownTelling {
  readonly review: Review;
  readonly playbook: Playbook;
  readonly names: ReadonlyMap<RunId, string>;
  /** Null where places have nothing to link to. */
  readonly repository: HostedRepository | null;
  /** Where the page of a rule is served; null where nobody serves it. */
  readonly rulePage: ((rule: RuleId) => string) | null;
  /** What is to be said of a finding besides: that a reviewer resolved its thread. */
  readonly asides: ReadonlyMap<Fingerprint, string>;
}

export function createTelling(
  review: Review,
  playbook: Playbook,
  hosted: Partial<Pick<MarkdownTelling, 'repository' | 'rulePage'>> = {},
): MarkdownTelling {
  return { review, playbook, names: runNames(review), repository: null, rulePage: null, asides: new Map(), ...hosted };
}

/** A place as code, with a link to the lines of its commit where there is something to link to. */
export function placeLink(place: Omit<Place, 'side'> & Partial<Place>, telling: MarkdownTelling): string {
  const label = code(`${place.path}:${place.startLine}`);
  const { repository, review } = telling;
  if (repository === null || !LINKED_PATH.test(place.path)) return label;
  const commit = review.snapshot[place.side ?? 'head'].commit;
  return `[${label}](${permalink(repository, commit, place)})`;
}

/** A path of a repository as a relative URI. Parentheses would end a link of Markdown. */
export function encodePath(path: string): string {
  const encoded = path.split('/').map((part) => encodeURIComponent(part.replaceAll(/\p{Cs}/gu, '\ufffd')));
  return encoded.join('/').replaceAll(/[()!'*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Longer paths would fill a comment with their address, and renderers differ in what they make of brackets and backticks
 * inside a link. Nobody names a file so, but for mischief.
 */
const LINKED_PATH = /^[^`[\]\\\p{C}]{1,500}$/u;

function permalink({ server, owner, repo }: HostedRepository, commit: CommitSha, place: Omit<Place, 'side'>): string {
  const lines = place.endLine > place.startLine ? `L${place.startLine}-L${place.endLine}` : `L${place.startLine}`;
  return `${server}/${encodePath(`${owner}/${repo}`)}/blob/${commit}/${encodePath(place.path)}#${lines}`;
}
