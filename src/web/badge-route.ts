import { createHash } from 'node:crypto';
import { makeBadge } from 'badge-maker';
import type { Repositories, Scores } from '../app/keeping.js';
import type { Logger } from '../logging/log.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import { type Badge, presentBadge, UNKNOWN_BADGE } from '../presentation/badge.js';
import { badgeToken, isBadgeToken } from './badge-token.js';
import { jsonReply, type Question, type Reply, type Route } from './reply.js';

export interface BadgeOptions {
  readonly repositories: Repositories;
  readonly scores: Scores;
  readonly secret: string;
  readonly log: Logger;
}

/** How long a score may be shown without asking again. */
const FRESH_SECONDS = 300;

/**
 * `/badge/:owner/:repository.svg`, and `.json` for shields. A repository that is unknown, private without its token or
 * never scored, and a failure of ours, all get the same reply to the last byte.
 */
export function badgeRoute(options: BadgeOptions): Route {
  return async (question) => {
    const [room, owner = '', file = '', ...rest] = question.path;
    const match = /^(?<name>.+)\.(?<format>svg|json)$/.exec(file);
    if (room !== 'badge' || rest.length > 0 || match?.groups === undefined) return null;
    const { name = '', format = '' } = match.groups;
    const badge = await findBadge(options, question, owner, name).catch((err: unknown) => {
      options.log.error({ err }, 'badge failed');
      return null;
    });
    return reply(badge, format, question.ifNoneMatch);
  };
}

/** The address of a badge below the App's own, with its token where the repository is private. */
export function badgePath(repository: RepositoryIdentity, secret: string): string {
  const path = `/badge/${encodeURIComponent(repository.owner)}/${encodeURIComponent(repository.name)}.svg`;
  return repository.private ? `${path}?token=${badgeToken(secret, repository.id)}` : path;
}

async function findBadge(
  { repositories, scores, secret }: BadgeOptions,
  { query }: Question,
  owner: string,
  name: string,
): Promise<Badge | null> {
  // Projects come with settings; until then no repository has one.
  if (query.has('project')) return null;
  const repository = await repositories.byName(owner, name);
  // Asked for whatever is known, so that the time it takes tells nothing either.
  const shown = isBadgeToken(query.get('token') ?? '', secret, repository?.id ?? 0);
  const record = await scores.latest(repository?.id ?? 0, query.get('branch'));
  if (repository === null || record === null || (repository.private && !shown)) return null;
  return presentBadge(record.scores, query.get('metric'));
}

function reply(badge: Badge | null, format: string, ifNoneMatch: string | null): Reply {
  const body = format === 'svg' ? svgOf(badge ?? UNKNOWN_BADGE) : jsonOf(badge ?? UNKNOWN_BADGE);
  const headers = { ...SHOWN_ANYWHERE, 'content-type': format === 'svg' ? 'image/svg+xml; charset=utf-8' : JSON_TYPE };
  if (badge === null) return { status: 200, headers, body };
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const cached = { ...headers, etag, 'cache-control': `public, max-age=${FRESH_SECONDS}` };
  if (matches(ifNoneMatch, etag)) return { status: 304, headers: cached, body: '' };
  return { status: 200, headers: cached, body };
}

const JSON_TYPE = 'application/json; charset=utf-8';
/** A badge is made to stand on other pages. It needs its own inline styles, and nothing else. */
const SHOWN_ANYWHERE = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
};

function svgOf({ label, message, color }: Badge): string {
  return makeBadge({ label, message, color });
}

/** Only keys that https://shields.io/badges/endpoint-badge names: it takes no others. */
function jsonOf({ label, message, color }: Badge): string {
  return jsonReply(200, { schemaVersion: 1, label, message, color, cacheSeconds: FRESH_SECONDS }).body;
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((it) => it.trim() === '*' || it.trim().replace(/^W\//, '') === etag);
}
