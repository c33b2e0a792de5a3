type Need = readonly [permission: string, level: 'read' | 'write'];

/** What each operation asks of an installation's token (docs.github.com, permissions required for GitHub Apps). */
const NEEDS: Readonly<Record<string, Need>> = {
  'repos/get': ['metadata', 'read'],
  'apps/list-repos-accessible-to-installation': ['metadata', 'read'],
  'repos/get-branch': ['contents', 'read'],
  'repos/get-commit': ['contents', 'read'],
  'repos/compare-commits-with-basehead': ['contents', 'read'],
  'repos/download-tarball-archive': ['contents', 'read'],
  'repos/list-pull-requests-associated-with-commit': ['pull_requests', 'read'],
  'git/get-ref': ['contents', 'read'],
  'git/get-tree': ['contents', 'read'],
  'git/get-blob': ['contents', 'read'],
  'pulls/list': ['pull_requests', 'read'],
  'pulls/get': ['pull_requests', 'read'],
  'pulls/list-files': ['pull_requests', 'read'],
  'pulls/list-reviews': ['pull_requests', 'read'],
  'pulls/list-review-comments': ['pull_requests', 'read'],
  'pulls/get-review-comment': ['pull_requests', 'read'],
  'pulls/create-review': ['pull_requests', 'write'],
  'pulls/delete-pending-review': ['pull_requests', 'write'],
  'pulls/update-review-comment': ['pull_requests', 'write'],
  'pulls/delete-review-comment': ['pull_requests', 'write'],
  'pulls/create-reply-for-review-comment': ['pull_requests', 'write'],
  'checks/create': ['checks', 'write'],
  'checks/update': ['checks', 'write'],
  'checks/get': ['checks', 'read'],
  'checks/list-for-ref': ['checks', 'read'],
};

/** Operations of the App itself, with its own key in place of an installation's token. */
export const OF_THE_APP: ReadonlySet<string> = new Set([
  'apps/get-authenticated',
  'apps/list-installations',
  'apps/create-installation-access-token',
  'apps/list-webhook-deliveries',
  'apps/get-webhook-delivery',
  'apps/redeliver-webhook-delivery',
]);

export function isPermitted(operation: string, granted: Readonly<Record<string, string>>): boolean {
  const need = NEEDS[operation];
  if (need === undefined) return true;
  const [permission, level] = need;
  const has = granted[permission];
  return has === 'write' || has === 'admin' || (has === 'read' && level === 'read');
}
