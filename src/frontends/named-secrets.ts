import type {
  Argument,
  CallExpression,
  Expression,
  ListExpression,
  MapEntry,
  MapExpression,
} from '../model/expression.js';
import type { AssignmentFact, CommandFact, Fact } from '../model/fact.js';
import { isSecretName, isSecretValue, MASKED, maskNamedSecret, maskSecrets } from '../model/secrets.js';

/**
 * The facts with every literal masked that stands where a name says it is a secret: `wandb_api_key = "…"`,
 * `login(token="…")`, `{"hf_token": "…"}`, `--hub_token …`. The same for every language, as facts are. Facts without a
 * secret stay the same objects.
 */
export function withoutNamedSecrets(facts: readonly Fact[]): readonly Fact[] {
  return mapped(facts, cleanFact);
}

function cleanFact(fact: Fact): Fact {
  switch (fact.kind) {
    case 'assignment':
      return cleanAssignment(fact);
    case 'evaluation':
    case 'return':
      return changed(fact, { value: clean(fact.value) });
    case 'function':
      return changed(fact, {
        parameters: mapped(fact.parameters, (parameter) =>
          changed(parameter, {
            default: parameter.default === null ? null : cleanUnder(parameter.name, parameter.default),
          }),
        ),
        decorators: mapped(fact.decorators, clean),
      });
    case 'class':
      return changed(fact, { bases: mapped(fact.bases, clean), decorators: mapped(fact.decorators, clean) });
    case 'document':
      return changed(fact, { root: clean(fact.root) });
    case 'command':
      return cleanCommand(fact);
    default:
      return fact;
  }
}

/** A target may hold a constant key, `settings["hf_…"] = 1`, and an annotation any constant. */
function cleanAssignment(fact: AssignmentFact): AssignmentFact {
  return changed(fact, {
    target: maskSecrets(fact.target),
    annotation: fact.annotation === null ? null : maskSecrets(fact.annotation),
    value: fact.value === null ? null : cleanUnder(fact.target, fact.value),
  });
}

function cleanCommand(fact: CommandFact): CommandFact {
  return changed(fact, {
    words: cleanLogin(cleanWords(fact.words)),
    environment: mapped(fact.environment, (variable) =>
      changed(variable, { value: cleanUnder(variable.name, variable.value) }),
    ),
  });
}

/** `wandb login VALUE`. */
function cleanLogin(words: readonly Expression[]): readonly Expression[] {
  const at = words.slice(0, 3).findIndex((word) => textOf(word) === 'login');
  return at < 1 ? words : mapped(words, (word, index) => (index > at ? masked(word) : word));
}

function clean(expression: Expression): Expression {
  switch (expression.kind) {
    case 'list':
      return cleanList(expression);
    case 'map':
      return cleanMap(expression);
    case 'template':
    case 'opaque':
      return changed(expression, { parts: mapped(expression.parts, clean) });
    case 'choice':
      return changed(expression, { options: mapped(expression.options, clean) });
    case 'call':
      return cleanCall(expression);
    case 'subscript':
      return changed(expression, { base: clean(expression.base), key: clean(expression.key) });
    default:
      return expression;
  }
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
      return changed(expression, { items: mapped(expression.items, masked) });
    case 'template':
      return changed(expression, { parts: mapped(expression.parts, masked) });
    case 'choice':
      return changed(expression, { options: mapped(expression.options, masked) });
    case 'opaque':
      return changed(expression, {
        text: expression.text.replace(LONG_WORD, MASKED),
        parts: mapped(expression.parts, masked),
      });
    default:
      return expression;
  }
}

/** As much of a secret as fits into the excerpt of an opaque expression. */
const LONG_WORD = /(?<=["'])[A-Za-z0-9_/+=.~-]{20,}/g;

/** A list may be a command line in parts. */
function cleanList(list: ListExpression): ListExpression {
  return changed(list, { items: cleanWords(mapped(list.items, clean)) });
}

/** `--token VALUE`, `--hub_token=VALUE`, `env HF_TOKEN=VALUE`. */
function cleanWords(words: readonly Expression[]): readonly Expression[] {
  return mapped(words, (word, index) => {
    const text = textOf(word);
    const flag = textOf(words[index - 1]);
    if (flag?.startsWith('-') === true && isSecretName(flag)) return masked(word);
    const [, name = '', value = ''] = (text === null ? null : ASSIGNED.exec(text)) ?? [];
    const kept = maskNamedSecret(name, value);
    return kept === value || word.kind !== 'scalar' ? word : { ...word, value: `${name}=${kept}` };
  });
}

const ASSIGNED = /^([\w.+-]+)=(.+)$/s;

function cleanMap(map: MapExpression): MapExpression {
  const named = map.entries.find(({ key }) => key === 'name')?.value;
  const name = textOf(named) ?? '';
  return changed(map, {
    entries: mapped(map.entries, (entry) => cleanEntry(entry, name)),
    spreads: mapped(map.spreads, clean),
  });
}

/** `variable` is what the map is about where it is one of a list of variables: `{name: HF_TOKEN, value: …}`. */
function cleanEntry(entry: MapEntry, variable: string): MapEntry {
  const name = entry.key === 'value' ? variable : (entry.key ?? '');
  return changed(entry, { value: cleanUnder(name, entry.value) });
}

function cleanCall(call: CallExpression): CallExpression {
  const login = LOGIN.test(call.callee);
  return changed(call, {
    receiver: call.receiver === null ? null : clean(call.receiver),
    arguments: mapped(call.arguments, (argument, index) => {
      const value = cleanUnder(nameOf(argument, index, call), argument.value);
      const key = login && (argument.name === null || argument.name === 'key');
      return changed(argument, { value: key ? masked(value) : value });
    }),
  });
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

/** The same object where the fields are those that it has. */
function changed<T extends object>(object: T, fields: { readonly [Key in keyof T]?: T[Key] }): T {
  for (const key in fields) if (fields[key] !== object[key]) return { ...object, ...fields };
  return object;
}
