/**
 * What an assignment target is called in a fact: `args.lr` as it stands, `config["lr"]` as `config.lr`. Null where a
 * key is computed or the target hangs on a call.
 */
export function targetName(source: string): string | null {
  if (source.length > LONGEST_TARGET) return null;
  const text = source.replace(/\s*([.[\]])\s*/g, '$1');
  return TARGET.test(text) ? text.replace(KEY, '.$1$2$3') : null;
}

const LONGEST_TARGET = 200;
const TARGET = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*|\[(?:"[^"\\\n]*"|'[^'\\\n]*'|\d+)\])*$/u;
const KEY = /\[(?:"([^"]*)"|'([^']*)'|(\d+))\]/g;
