/**
 * Shapes of tokens that vendors hand out. What matches never reaches a fact, so it cannot reach a cache, a log or a
 * comment either. Only shapes with a fixed prefix are listed: a bare run of letters may be a commit.
 */
const TOKENS: readonly { readonly vendor: string; readonly shape: RegExp }[] = [
  { vendor: 'Hugging Face', shape: /\bhf_[A-Za-z0-9]{20,}\b/g },
  { vendor: 'Hugging Face', shape: /\bapi_org_[A-Za-z0-9]{20,}\b/g },
  { vendor: 'OpenAI', shape: /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}/g },
  { vendor: 'GitHub', shape: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b/g },
  { vendor: 'AWS', shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { vendor: 'Google', shape: /\bAIza[A-Za-z0-9_-]{35}\b/g },
  { vendor: 'Slack', shape: /\bxox[abprs]-[A-Za-z0-9-]{10,}/g },
  { vendor: 'GitLab', shape: /\bglpat-[A-Za-z0-9_-]{20,}/g },
];

/** The text with every token-shaped part replaced by what it is: `<masked Hugging Face token>`. */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const { vendor, shape } of TOKENS) masked = masked.replace(shape, `<masked ${vendor} token>`);
  return masked;
}
