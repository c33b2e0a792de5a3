import { explain } from '@renovatebot/pep440';

/**
 * Poetry's version constraints as PEP 440 specifiers, one for each alternative of `^4.40 || ^5.0`. What is not
 * understood stays as written. https://python-poetry.org/docs/dependency-specification/
 */
export function poetrySpecifiers(constraint: string): string[] {
  return constraint.split(/\|\|?/).map(alternative);
}

function alternative(constraint: string): string {
  const parts = constraint
    .trim()
    // A space may stand for the comma, but not between an operator and its version.
    .split(/\s*,\s*|(?<=[\w*])\s+/)
    .filter((part) => part !== '');
  return parts.map(specifier).filter(Boolean).join(',');
}

function specifier(part: string): string {
  const [, operator = '', version = ''] = /^(\^|~=|~|===|==|=|!=|<=|>=|<|>)?\s*(.*)$/.exec(part) ?? [];
  if (version === '*') return '';
  switch (operator) {
    case '^':
      return caret(version) ?? part;
    case '~':
      return tilde(version) ?? part;
    case '':
    case '=':
      return `==${version}`;
    default:
      return `${operator}${version}`;
  }
}

/** `^` allows what leaves the first number that is not zero as it is. */
function caret(version: string): string | null {
  const release = explain(version)?.release;
  if (release === undefined) return null;
  const first = release.findIndex((number) => number !== 0);
  return below(version, release, first === -1 ? release.length - 1 : first);
}

/** `~` allows what leaves the second number as it is, or the first where it stands alone. */
function tilde(version: string): string | null {
  const release = explain(version)?.release;
  return release === undefined ? null : below(version, release, Math.min(1, release.length - 1));
}

function below(version: string, release: readonly number[], index: number): string {
  const next = [...release.slice(0, index), (release[index] ?? 0) + 1];
  return `>=${version},<${next.join('.')}`;
}
