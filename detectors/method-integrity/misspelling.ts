/** Names this short differ from each other by a letter anyway. */
const SHORTEST = 7;

/**
 * The name that was meant by one that is none: it lacks its last letters, as `max_prompt_len` does, or is a letter off. Null
 * where none is that near, or several are.
 */
export function meantBy(name: string, names: Iterable<string>): string | null {
  if (name.length < SHORTEST) return null;
  const near = [...names].filter((it) => isCutShort(name, it) || isLetterOff(name, it));
  return near.length === 1 ? (near[0] ?? null) : null;
}

/** Within its last word: `use_liger` is not short for `use_liger_kernel`. */
function isCutShort(name: string, whole: string): boolean {
  return whole.startsWith(name) && /^[a-z]{1,4}$/.test(whole.slice(name.length));
}

/** One letter too many, missing, another one, or two that changed places. */
function isLetterOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  const [left, right] = [a.slice(start), b.slice(start)];
  return (
    left.slice(1) === right ||
    left === right.slice(1) ||
    left.slice(1) === right.slice(1) ||
    (left.slice(2) === right.slice(2) && left[0] === right[1] && left[1] === right[0])
  );
}
