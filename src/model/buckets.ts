/**
 * Which of so many buckets a name falls into, from 0: the same in every process. Asked of every file many times, so that a
 * digest would take longer than all that a cache saves.
 */
export function bucketOf(name: string, buckets: number): number {
  let sum = 0;
  for (let at = 0; at < name.length; at += 1) sum = (sum * 31 + name.charCodeAt(at)) % 65_521;
  return sum % buckets;
}
