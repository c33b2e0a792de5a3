import type {
  Argument,
  CallExpression,
  Expression,
  ListExpression,
  MapEntry,
  MapExpression,
  OpaqueExpression,
} from '../model/expression.js';
import type { AssignmentFact, CommandFact, Fact, FunctionFact, Parameter } from '../model/fact.js';
import { isSecretName, isSecretValue, MASKED, maskNamedSecret, maskSecrets } from '../model/secrets.js';

/**
 * The facts with every literal masked that stands where a name says it is a secret: `wandb_api_key = "…"`,
 * `login(token="…")`, `{"hf_token": "…"}`, `--hub_token …`. The same for every language, as facts are. Facts without a
 * secret stay the same objects.
 */
export function withoutNamedSecrets(facts: readonly Fact[]): readonly Fact[] {
  return mapped(facts, cleanFact);
}

/**
 * The same for facts of a text that holds no token by its shape, in the order of their starts. Facts without a word in them
 * that a secret's name ends with are not looked into: that is most of a program.
 *
 * @param words Where those words end, in the order of the text.
 */
export function withoutSecretsNear(words: readonly number[], facts: readonly Fact[]): readonly Fact[] {
  if (words.length === 0) return facts;
  let next = 0;
  return mapped(facts, (fact) => {
    // What a definition is decorated with stands in front of it.
    if (fact.kind === 'function' || fact.kind === 'class' || fact.kind === 'document') return cleanFact(fact);
    // A fact can lie inside the one before, so that the place to look from goes back as well.
    while (next > 0 && (words[next - 1] as number) > fact.place.start) next -= 1;
    while (next < words.length && (words[next] as number) <= fact.place.start) next += 1;
    return (words[next] ?? Number.POSITIVE_INFINITY) <= fact.place.end ? cleanFact(fact) : fact;
  });
}

function cleanFact(fact: Fact): Fact {
  switch (fact.kind) {
    case 'assignment':
      return cleanAssignment(fact);
    case 'evaluation':
    case 'return':
      return having(fact, 'value', clean(fact.value));
    case 'function':
      return cleanFunction(fact);
    case 'class':
      return having(having(fact, 'bases', mapped(fact.bases, clean)), 'decorators', mapped(fact.decorators, clean));
    case 'document':
      return having(fact, 'root', clean(fact.root));
    case 'command':
      return cleanCommand(fact);
    default:
      return fact;
  }
}

/** A target may hold a constant key, `settings["hf_…"] = 1`, and an annotation any constant. */
function cleanAssignment(fact: AssignmentFact): AssignmentFact {
  const { target, annotation, value } = fact;
  const cleaned = value === null ? fact : having(fact, 'value', cleanUnder(target, value));
  const named = target.length < SHORTEST ? cleaned : having(cleaned, 'target', maskSecrets(target));
  return annotation === null ? named : having(named, 'annotation', maskSecrets(annotation));
}

/** No token is shorter. */
const SHORTEST = 15;

function cleanFunction(fact: FunctionFact): FunctionFact {
  const cleaned = having(fact, 'parameters', mapped(fact.parameters, cleanParameter));
  return having(cleaned, 'decorators', mapped(fact.decorators, clean));
}

function cleanParameter(parameter: Parameter): Parameter {
  const { name, annotation, default: value } = parameter;
  const cleaned = value === null ? parameter : having(parameter, 'default', cleanUnder(name, value));
  return annotation === null ? cleaned : having(cleaned, 'annotation', maskSecrets(annotation));
}

function cleanCommand(fact: CommandFact): CommandFact {
  const cleaned = having(fact, 'words', cleanLogin(cleanWords(fact.words)));
  const environment = mapped(fact.environment, (variable) =>
    having(variable, 'value', cleanUnder(variable.name, variable.value)),
  );
  return having(cleaned, 'environment', environment);
}

/** `wandb login VALUE`. */
function cleanLogin(words: readonly Expression[]): readonly Expression[] {
  const at = words.slice(0, 3).findIndex((word) => textOf(word) === 'login');
  return at < 1 ? words : mapped(words, (word, index) => (index > at ? maskedWord(word) : word));
}

function clean(expression: Expression): Expression {
  switch (expression.kind) {
    case 'list':
      return cleanList(expression);
    case 'map':
      return cleanMap(expression);
    case 'template':
      return having(expression, 'parts', mapped(expression.parts, clean));
    case 'opaque':
      return cleanOpaque(expression);
    case 'choice':
      return having(expression, 'options', mapped(expression.options, clean));
    case 'call':
      return cleanCall(expression);
    case 'subscript':
      return having(having(expression, 'base', clean(expression.base)), 'key', clean(expression.key));
    default:
      return expression;
  }
}

/** What is not read keeps no names, `lambda token="…": 1`; that there was one shows in the excerpt. */
function cleanOpaque(expression: OpaqueExpression): OpaqueExpression {
  const parts = mapped(expression.parts, clean);
  return having(expression, 'parts', expression.text.includes(MASKED) ? mapped(parts, masked) : parts);
}

function cleanUnder(name: string, expression: Expression): Expression {
  const cleaned = clean(expression);
  return isSecretName(name) ? masked(cleaned) : cleaned;
}

/** The value of a secret: every literal that it is, may be or is made of. */
function masked(expression: Expression): Expression {
  switch (expression.kind) {
    case 'scalar':
      return typeof expression.value === 'string' && isSecretValue(expression.value)
        ? { ...expression, value: MASKED }
        : expression;
    case 'list':
      return having(expression, 'items', mapped(expression.items, masked));
    case 'template':
      return having(expression, 'parts', mapped(expression.parts, masked));
    case 'choice':
      return having(expression, 'options', mapped(expression.options, masked));
    case 'opaque':
      return having(
        having(expression, 'text', expression.text.replace(LONG_WORD, MASKED)),
        'parts',
        mapped(expression.parts, masked),
      );
    default:
      return expression;
  }
}

/** As much of a secret as fits into the excerpt of an opaque expression. */
const LONG_WORD = /(?<=["'])[A-Za-z0-9_/+=.~-]{15,}/g;

/** A list may be a command line in parts. */
function cleanList(list: ListExpression): ListExpression {
  return having(list, 'items', cleanWords(mapped(list.items, clean)));
}

/** `--token VALUE`, `--hub_token=VALUE`, `env HF_TOKEN=VALUE`. */
function cleanWords(words: readonly Expression[]): readonly Expression[] {
  return mapped(words, (word, index) => {
    const flag = textOf(words[index - 1]);
    if (flag?.startsWith('-') === true && isSecretName(flag)) return maskedWord(word);
    const text = textOf(word);
    if (text === null || word.kind !== 'scalar' || text.length < SHORTEST) return word;
    const [, name = '', value = ''] = ASSIGNED.exec(text) ?? [];
    const kept = maskNamedSecret(name, value);
    return kept === value ? word : { ...word, value: `${name}=${kept}` };
  });
}

const ASSIGNED = /^([\w.+-]+)=(.+)$/s;

/** The value of a flag, unless it is left out and the next flag follows. */
function maskedWord(word: Expression): Expression {
  return textOf(word)?.startsWith('-') === true ? word : masked(word);
}

function cleanMap(map: MapExpression): MapExpression {
  const variable = textOf(map.entries.find(({ key }) => key === 'name')?.value) ?? '';
  const entries = mapped(map.entries, (entry) => cleanEntry(entry, variable));
  return having(having(map, 'entries', entries), 'spreads', mapped(map.spreads, clean));
}

/** `variable` is what the map is about where it is one of a list of variables: `{name: HF_TOKEN, value: …}`. */
function cleanEntry(entry: MapEntry, variable: string): MapEntry {
  const name = entry.key === 'value' ? variable : (entry.key ?? '');
  return having(entry, 'value', cleanUnder(name, entry.value));
}

function cleanCall(call: CallExpression): CallExpression {
  const login = LOGIN.test(call.callee);
  const found = mapped(call.arguments, (argument, index) => {
    const value = cleanUnder(nameOf(argument, index, call), argument.value);
    const key = login && (argument.name === null || argument.name === 'key');
    return having(argument, 'value', key ? masked(value) : value);
  });
  const cleaned = having(call, 'arguments', found);
  return call.receiver === null ? cleaned : having(cleaned, 'receiver', clean(call.receiver));
}

const LOGIN = /(?:^|\.)login$/;

/** `setdefault("HF_TOKEN", "…")` and `add_argument("--hub_token", default="…")` name the value in front of it. */
function nameOf(argument: Argument, index: number, call: CallExpression): string {
  if (argument.name !== null && argument.name !== 'default') return argument.name;
  const before = argument.name === null ? call.arguments[index - 1] : call.arguments[0];
  return textOf(before?.value) ?? '';
}

function textOf(expression: Expression | undefined): string | null {
  return expression?.kind === 'scalar' && typeof expression.value === 'string' ? expression.value : null;
}

/** The same list where nothing in it changes: most files hold no secret, and are not copied. */
function mapped<T>(items: readonly T[], map: (item: T, index: number) => T): readonly T[] {
  let copy: T[] | null = null;
  for (let index = 0; index < items.length; index++) {
    const item = items[index] as T;
    const made = map(item, index);
    if (made === item) continue;
    copy ??= [...items];
    copy[index] = made;
  }
  return copy ?? items;
}

/** The same object where the field is as it should be. */
function having<T extends object, Key extends keyof T>(object: T, key: Key, value: T[Key]): T {
  return object[key] === value ? object : { ...object, [key]: value };
}
