import { createHmac, timingSafeEqual } from 'node:crypto';

const LENGTH = 32;

/**
 * What shows the badge of a private repository to who knows it. It stays the same through renames; another rotation
 * makes the old one worthless.
 */
export function badgeToken(secret: string, repository: number, rotation = 0): string {
  const hmac = createHmac('sha256', secret).update(`badge ${repository} ${rotation}`);
  return hmac.digest('base64url').slice(0, LENGTH);
}

/** Takes the same time for every wrong token. */
export function isBadgeToken(given: string, secret: string, repository: number, rotation = 0): boolean {
  const right = Buffer.from(badgeToken(secret, repository, rotation));
  const told = Buffer.from(given);
  return told.length === right.length && timingSafeEqual(told, right);
}
