import type { Finding } from '../model/comparison.js';
import type { ProvenFix } from '../model/fix.js';
import type { RepoPath } from '../model/identifiers.js';
import type { Review } from '../model/review.js';
import { maskSecrets, maskSecretsInText } from '../model/secrets.js';

/**
 * The review as it may be shown: secrets in its texts are starred out, and a fix that would repeat one is left out. Every
 * presentation starts here, because texts and fixes hold files as they stand.
 */
export function withoutSecrets(review: Review): Review {
  const { texts, fixes, comparison } = review;
  return {
    ...review,
    comparison: { ...comparison, findings: comparison.findings.map(findingWithoutSecrets) },
    texts: { base: starredOut(texts.base), head: starredOut(texts.head) },
    fixes: new Map([...fixes].filter(([, fix]) => !repeatsSecret(fix, texts.head.get(fix.path)))),
  };
}

/** Facts are free of secrets, so this only matters where a rule puts words of its own together. */
function findingWithoutSecrets(finding: Finding): Finding {
  const { message, value, deviation } = finding.fault;
  const shown = {
    message: maskSecrets(message),
    value: value === null ? null : maskSecrets(value),
    deviation: deviation === null ? null : maskSecrets(deviation),
  };
  return { ...finding, fault: { ...finding.fault, ...shown } };
}

function starredOut(texts: ReadonlyMap<RepoPath, string>): ReadonlyMap<RepoPath, string> {
  return new Map([...texts].map(([path, text]) => [path, maskSecretsInText(text, path)]));
}

/** Lines around a fix that may hold the name of a secret in it. */
const CONTEXT = 5;

/** Whether the lines that a fix writes hold a secret, seen together with the lines around them. */
function repeatsSecret(fix: ProvenFix, text: string | undefined): boolean {
  const written = fix.deletesLines ? [] : fix.replacement.split('\n');
  const lines = text?.split('\n') ?? [];
  const before = lines.slice(Math.max(0, fix.startLine - 1 - CONTEXT), fix.startLine - 1);
  const after = lines.slice(fix.endLine, fix.endLine + CONTEXT);
  const shown = maskSecretsInText([...before, ...written, ...after].join('\n'), fix.path).split('\n');
  return written.some((line, index) => shown[before.length + index] !== line);
}
