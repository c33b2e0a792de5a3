import { type Caller, covers, isVisible } from './callers.js';
import { notAccessible, notFound, Refusal } from './refusal.js';
import type { HostedRepository, Permissions } from './world.js';

export type Need = readonly [permission: string, level: 'read' | 'write'];

export const CONTENTS: Need = ['contents', 'read'];
export const PULL_REQUESTS: Need = ['pull_requests', 'read'];

/** What each operation asks of an installation's token: https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const NEEDS: Readonly<Record<string, Need>> = {
  'repos/get': ['metadata', 'read'],
  'repos/get-collaborator-permission-level': ['metadata', 'read'],
  'repos/get-branch': CONTENTS,
  'repos/get-commit': CONTENTS,
  'repos/compare-commits-with-basehead': CONTENTS,
  'repos/download-tarball-archive': CONTENTS,
  'repos/list-pull-requests-associated-with-commit': PULL_REQUESTS,
  'git/get-ref': CONTENTS,
  'git/get-tree': CONTENTS,
  'git/get-blob': CONTENTS,
  'pulls/list': PULL_REQUESTS,
  'pulls/get': PULL_REQUESTS,
  'pulls/list-files': PULL_REQUESTS,
  'pulls/list-reviews': PULL_REQUESTS,
  'pulls/get-review': PULL_REQUESTS,
  'pulls/list-comments-for-review': PULL_REQUESTS,
  'pulls/list-review-comments': PULL_REQUESTS,
  'pulls/get-review-comment': PULL_REQUESTS,
  'pulls/create-review': ['pull_requests', 'write'],
  'pulls/submit-review': ['pull_requests', 'write'],
  'pulls/delete-pending-review': ['pull_requests', 'write'],
  'pulls/update-review-comment': ['pull_requests', 'write'],
  'pulls/delete-review-comment': ['pull_requests', 'write'],
  'pulls/create-reply-for-review-comment': ['pull_requests', 'write'],
  'checks/create': ['checks', 'write'],
  'checks/update': ['checks', 'write'],
  'checks/get': ['checks', 'read'],
  'checks/list-annotations': ['checks', 'read'],
  'checks/list-for-ref': ['checks', 'read'],
  'checks/list-for-suite': ['checks', 'read'],
  'checks/get-suite': ['checks', 'read'],
  'checks/list-suites-for-ref': ['checks', 'read'],
};

/** Operations of the App itself, with its own key in place of an installation's token. */
const OF_THE_APP: ReadonlySet<string> = new Set([
  'apps/get-authenticated',
  'apps/list-installations',
  'apps/get-installation',
  'apps/get-repo-installation',
  'apps/create-installation-access-token',
  'apps/list-webhook-deliveries',
  'apps/get-webhook-delivery',
  'apps/redeliver-webhook-delivery',
]);

/** Refuses who is not who an operation is for. What it needs in a repository is asked of that. */
export function admit(caller: Caller, operation: string): void {
  if (OF_THE_APP.has(operation)) {
    if (caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
    return;
  }
  if (operation === 'rate-limit/get') return;
  if (caller.kind === 'app') throw new Refusal(401, 'Bad credentials');
  if (operation !== 'apps/list-repos-accessible-to-installation' && operation !== 'graphql') return;
  if (caller.kind === 'nobody') throw new Refusal(401, 'Requires authentication');
  if (caller.kind === 'person' && operation !== 'graphql') throw notAccessible();
}

/** Refuses what the caller may not do in a repository: it is hidden, or a permission is missing. */
export function requirePermission(repository: HostedRepository, caller: Caller, operation: string): void {
  const [permission, level] = NEEDS[operation] ?? [];
  if (permission === undefined || level === undefined) throw new Error(`nobody said what ${operation} needs`);
  requireNeed(repository, caller, [permission, level]);
}

export function requireNeed(repository: HostedRepository, caller: Caller, [permission, level]: Need): void {
  if (!isVisible(repository, caller)) throw notFound();
  if (level === 'read' && !repository.private) return;
  if (caller.kind === 'installation') {
    if (!covers(caller.token, repository) || !grants(caller.permissions, permission, level)) throw notAccessible();
  } else if (caller.kind === 'person') {
    if (!caller.repositories.includes(repository)) throw new Refusal(403, 'Must have write access to the repository.');
  } else throw new Refusal(401, 'Requires authentication');
}

export function grants(permissions: Permissions, permission: string, level: 'read' | 'write'): boolean {
  const granted = permissions[permission];
  return granted === 'write' || granted === 'admin' || (granted === 'read' && level === 'read');
}
