/** How firmly a revision holds a repository of the hub in place. */
export type Pin = 'commit' | 'tag' | 'moving';

const MOVING = /^(?:main|master|latest|head|default|refs\/(?:pr|heads)\/.+)$/i;
// Seven digits name a commit well enough for people; the hub resolves nothing shorter.
const COMMIT = /^[0-9a-f]{7,64}$/i;

/** A branch moves, a tag can be moved, a commit stays. What is neither a commit nor a known branch counts as a tag. */
export function pinOf(revision: string): Pin {
  if (COMMIT.test(revision)) return 'commit';
  return MOVING.test(revision) || revision === '' ? 'moving' : 'tag';
}

/** The account that a hub id belongs to, in lower case; null for ids from the hub's first years, which have none. */
export function ownerOf(name: string): string | null {
  const slash = name.indexOf('/');
  return slash === -1 ? null : name.slice(0, slash).toLowerCase();
}
