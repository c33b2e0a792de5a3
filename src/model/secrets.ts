/**
 * The text with every secret in it replaced by what it is: `<masked Hugging Face token>`, `<masked secret>`. For what
 * goes into a fact, so that no secret can reach a cache, a log or a comment either.
 */
export function maskSecrets(text: string): string {
  return replaceSecrets(text, 'unknown', maskOf);
}

function maskOf(_secret: string, vendor: string | null): string {
  return vendor === null ? MASKED : `<masked ${vendor} token>`;
}

/**
 * The text of a file with every secret in it starred out. Every line and column stays where it was, so that a place in
 * the file is the same place here. In Python a bare word behind `token=` is a variable; anywhere else it is the token.
 */
export function maskSecretsInText(text: string, path: string): string {
  return replaceSecrets(text, bareWordsIn(path), (secret) => '*'.repeat(secret.length));
}

function bareWordsIn(path: string): BareWords {
  return /\.(?:py|ipynb)$/.test(path) ? 'names' : 'values';
}

/** A secret that is written out in a text. Its value is told nowhere. */
export interface WrittenSecret {
  /** Whose token it is; null for what only its name makes a secret. */
  readonly vendor: string | null;
  readonly start: number;
  readonly end: number;
}

/**
 * The secrets of a text that are no stand-ins, comments included. Stricter than what is masked: to mask too much costs
 * nothing, while to tell somebody of a leak that is none costs their trust.
 */
export function findSecrets(text: string, path: string, traces: SecretTraces): readonly WrittenSecret[] {
  // What is masked of a text covers what is a secret in one where bare words are names.
  if (!traces.possible || (traces.clean && bareWordsIn(path) === 'names')) return [];
  const starred = maskSecretsInText(text, path);
  if (starred === text) return [];
  const found: WrittenSecret[] = [];
  for (let start = 0; start < text.length; start++) {
    if (starred[start] === text[start]) continue;
    let end = start;
    // A secret may hold an asterisk of its own in no shape that is known, so that the stars end where it does.
    while (end < text.length && starred[end] === '*' && text[end] !== '*') end += 1;
    const secret = text.slice(start, end);
    const vendor = vendorOf(secret);
    if (isSurely(secret, vendor)) found.push({ vendor, start, end });
    start = end;
  }
  return found;
}

function vendorOf(secret: string): string | null {
  return TOKENS.find(({ shape }) => secret.replace(shape, '') === '')?.vendor ?? null;
}

/** What vendors' pages, templates and people write where a secret will go. */
const STAND_IN =
  /x{4,}|0{6,}|\.{3}|your|my[-_]|example|sample|placeholder|dummy|fake|change[-_]?me|insert|replace|redacted|secret|token|todo|here|12345|abcde/i;
const FEWEST_CHARACTERS = 10;

/** Random letters and digits: no vendor hands out words. */
function isSurely(secret: string, vendor: string | null): boolean {
  const body = secret.replace(
    /^(?:hf_|api_org_|sk-(?:proj-|svcacct-|admin-)?|github_pat_|gh[pousr]_|xox[abprs]-|glpat-)/,
    '',
  );
  if (STAND_IN.test(body) || new Set(body).size < FEWEST_CHARACTERS) return false;
  if (/^[0-9a-f]{32,}$/.test(body)) return true;
  const mixed = /[A-Z]/.test(body) && /[a-z]/.test(body);
  if (vendor === 'AWS') return true;
  if (vendor !== null) return mixed || /\d/.test(body);
  return mixed && /\d/.test(body) && body.length >= 24 && /^[A-Za-z0-9]+$/.test(body);
}

/** A value as it may be kept under a name: `<masked secret>` for a long literal under `wandb_api_key` and its like. */
export function maskNamedSecret(name: string, value: string): string {
  return isSecretName(name) && isSecretValue(value) ? MASKED : value;
}

/** Whether what is written under a name is not for others to see: `HF_TOKEN`, `config.hub-token`, `wandbApiKey`. */
export function isSecretName(name: string): boolean {
  return KEYWORD_ENDS.has(name.charCodeAt(name.length - 1)) && SECRET_NAME.test(name) && !MARKER_NAME.test(name);
}

/** What a whole text tells of the secrets in it. */
export interface SecretTraces {
  /** Whether something in the text has the shape of a token, or may stand under a name. */
  readonly possible: boolean;
  /** Whether nothing in the text is masked: then no stretch of it needs masking by itself. */
  readonly clean: boolean;
  /** Where the words end, in the order of the text, that the name of a secret or the name of a login ends with. */
  readonly wordEnds: readonly number[];
}

/** Looked for once a text: every pass over the sources of a repository shows in the time of a review. */
export function secretTraces(text: string): SecretTraces {
  const wordEnds = secretWordEnds(text);
  const named = wordEnds.length > 0 && LONG_RUN.test(text);
  const shaped = replaceTokens(text, maskOf) !== text;
  const clean = !shaped && (!named || replaceNamedSecrets(text, wordEnds, 'unknown', maskOf) === text);
  return { possible: named || shaped, clean, wordEnds };
}

function secretWordEnds(text: string): readonly number[] {
  const ends: number[] = [];
  WORD_END.lastIndex = 0;
  while (WORD_END.test(text)) ends.push(WORD_END.lastIndex);
  return ends;
}

/** Whether a literal may be a secret where its place says that one is to be expected. Short ones stand in for one. */
export function isSecretValue(value: string): boolean {
  return VALUE_ONLY.test(value);
}

export const MASKED = '<masked secret>';

/** In the raw text of a notebook a token may stand behind `\n`, or another escape that ends in a letter. */
const START = String.raw`(?:\b|(?<=\\(?:[bfnrt]|u[\dA-Fa-f]{4})))`;

/**
 * Shapes of tokens that vendors hand out, wherever they stand. Only shapes with a fixed prefix are listed: a bare run
 * of letters may be a commit.
 */
const TOKENS: readonly { readonly vendor: string; readonly shape: RegExp }[] = [
  { vendor: 'Hugging Face', shape: startingWith(/hf_[A-Za-z0-9]{20,}\b/) },
  { vendor: 'Hugging Face', shape: startingWith(/api_org_[A-Za-z0-9]{20,}\b/) },
  { vendor: 'OpenAI', shape: startingWith(/sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}/) },
  { vendor: 'GitHub', shape: startingWith(/(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})\b/) },
  { vendor: 'AWS', shape: startingWith(/(?:AKIA|ASIA)[A-Z0-9]{16}\b/) },
  { vendor: 'Google', shape: startingWith(/AIza[A-Za-z0-9_-]{35}\b/) },
  { vendor: 'Slack', shape: startingWith(/xox[abprs]-[A-Za-z0-9-]{10,}/) },
  { vendor: 'GitLab', shape: startingWith(/glpat-[A-Za-z0-9_-]{20,}/) },
];

function startingWith(token: RegExp): RegExp {
  return new RegExp(START + token.source, 'g');
}

const KEYWORD = 'api[-_]?key|access[-_]?key|token|secret|password|passwd';
const SECRET_NAME = new RegExp(`(?:${KEYWORD})$`, 'i');
/** The last letters of the keywords, which few names end in: every name of a program is asked. */
const KEYWORD_ENDS: ReadonlySet<number> = new Set([...'yntdYNTD'].map((letter) => letter.charCodeAt(0)));
const WORD_END = new RegExp(`(?:${KEYWORD}|login)(?![A-Za-z0-9_])`, 'gi');
/** What a tokenizer calls its marks, which are no secrets. */
const MARKER_NAME = /(?:eos|pad|bos|unk|sep|cls|mask|image|special|additional_special)[-_]?token$/i;

/** `/`, `+`, `=` and `.` are in what AWS and others hand out. */
const VALUE = '[A-Za-z0-9_/+.~][A-Za-z0-9_/+=.~-]{19,}';
const VALUE_ONLY = /^[A-Za-z0-9_/+=.~-]{20,}$/;

// Repetitions have bounds, and a match starts at a keyword, so that no text makes these slow.
const CLOSED = String.raw`(?:\\?["'\])]){0,4}`;
const OPENED = String.raw`[\s(]{0,100}(?:[rRbBuUfF]{1,2}(?=["']))?(?<quote>\\?["'\`]{1,3})?`;
/** `name = x`, `name: str = x`, `name: x`, `name, x`, `--name x`, and the `value: x` of a list of variables. */
const BETWEEN = [
  String.raw`\s{0,20}:\s{0,20}[A-Za-z_][\w.\[\] |]{0,40}=`,
  String.raw`[\s,]{0,40}["']?value["']?\s{0,20}:`,
  String.raw`\s{0,20}(?:={1,3}|:=?|,)`,
  String.raw`[ \t]{1,20}`,
].join('|');
/** What follows a keyword; a login has a shape of its own. */
const NAMED = new RegExp(
  `(?<!login)(?![\\w-])${CLOSED}(?<between>${BETWEEN})${OPENED}(?<value>${VALUE})(?![\\w(\\[])`,
  'iyd',
);
/** `wandb login x`, `wandb.login(key="x")`. */
const LOGIN = new RegExp(
  String.raw`\blogin(?:\s{1,20}|\(\s{0,40})(?:--?[\w-]{1,40}[=\s]\s{0,20}){0,4}(?:\w{1,40}\s{0,20}=\s{0,20})?` +
    String.raw`(?<between>)(?<quote>\\?["'])?(?<value>[A-Za-z0-9][A-Za-z0-9_-]{19,})(?![\w(\[.])`,
  'gd',
);
const LONGEST_NAME = 70;
const SHORTEST = 15;
/** All shapes at once, without the look behind them, which is what takes time. */
const TOKEN_HINT = new RegExp(TOKENS.map(({ shape }) => shape.source.slice(START.length)).join('|'));
/** A word that every other secret stands behind, and a run of letters as long as the shortest of them. */
const NAME_HINT = /key|token|secret|passw|login/i;
const LONG_RUN = /[A-Za-z0-9_/+=.~-]{20}/;

/** What a bare word behind a name is: a value, another name, or either. */
type BareWords = 'values' | 'names' | 'unknown';

/** What stands in the place of a secret. */
type Mask = (secret: string, vendor: string | null) => string;

function replaceSecrets(text: string, bare: BareWords, mask: Mask): string {
  // Nearly every string of a program is too short for a secret, or has nothing of one: asked first, as it is cheap.
  if (text.length < SHORTEST) return text;
  const masked = replaceTokens(text, mask);
  if (!NAME_HINT.test(text) || !LONG_RUN.test(text)) return masked;
  return replaceNamedSecrets(masked, secretWordEnds(masked), bare, mask);
}

function replaceTokens(text: string, mask: Mask): string {
  if (!TOKEN_HINT.test(text)) return text;
  let masked = text;
  for (const { vendor, shape } of TOKENS) masked = masked.replace(shape, (secret) => mask(secret, vendor));
  return masked;
}

/** `wordEnds` are those of this text. */
function replaceNamedSecrets(text: string, wordEnds: readonly number[], bare: BareWords, mask: Mask): string {
  const named = replaceValues(
    text,
    matchesAt(wordEnds, NAMED, text),
    (match) => namesSecret(match) && isLiteral(match, bare),
    mask,
  );
  return replaceValues(named, named.matchAll(LOGIN), (match) => isLiteral(match, 'unknown'), mask);
}

/** The matches of a sticky pattern that start at one of these offsets and overlap none before. */
function* matchesAt(offsets: readonly number[], pattern: RegExp, text: string): Generator<RegExpExecArray> {
  let from = 0;
  for (const offset of offsets) {
    if (offset <= from) continue;
    pattern.lastIndex = offset;
    const match = pattern.exec(text);
    if (match === null) continue;
    from = offset + match[0].length;
    yield match;
  }
}

function replaceValues(
  text: string,
  matches: Iterable<RegExpExecArray>,
  isSecret: (match: RegExpExecArray) => boolean,
  mask: Mask,
): string {
  const pieces: string[] = [];
  let from = 0;
  for (const match of matches) {
    if (!isSecret(match)) continue;
    const [start, end] = match.indices?.groups?.value ?? [0, 0];
    pieces.push(text.slice(from, start), mask(text.slice(start, end), null));
    from = end;
  }
  return from === 0 ? text : pieces.join('') + text.slice(from);
}

/** The match starts behind the keyword that ends the name. */
function namesSecret(match: RegExpExecArray): boolean {
  const before = match.input.slice(Math.max(0, match.index - LONGEST_NAME), match.index);
  const name = /[\w.-]*$/.exec(before)?.[0] ?? '';
  if (!isSecretName(name)) return false;
  const between = match.groups?.between ?? '';
  if (/^[ \t]+$/.test(between)) return name.startsWith('-');
  if (between.trim() !== ',' || name.startsWith('-')) return true;
  // `setdefault("HF_TOKEN", "x")` names a secret, a list of two names does not.
  return /[\w)\]]\(\s*\\?["']$/.test(before.slice(0, before.length - name.length));
}

function isLiteral({ groups = {} }: RegExpExecArray, bare: BareWords): boolean {
  if (groups.quote !== undefined || bare === 'values') return true;
  const { value = '' } = groups;
  return /\d/.test(value) && (bare === 'unknown' || !/[_.]/.test(value));
}
