import type { Expression, ScalarExpression, TemplateExpression } from '../../model/expression.js';

/**
 * The operands of `a + b + c`, collected from the left. A sum with a text in it is one text, so it becomes a template,
 * and so does `folder / "file"`, since no text can be divided by; dicts are merged with `|`. What any other operator makes of its operands
 * is not read. Flat, because sums of ten thousand terms exist.
 */
export class OperatorChain {
  #operands: Expression[];
  /** The one operator of the chain; null once there are several. */
  #operator: string | null = '';

  constructor(first: Expression) {
    this.#operands = [first];
  }

  /** `whole` is the stretch from the first operand to this one. */
  add(operator: string, operand: Expression, whole: Expression['place']): void {
    const [only] = this.#operands;
    if (operator === '%' && this.#operands.length === 1 && only !== undefined && isText(only)) {
      const template = fillPercents(only, operand, whole);
      if (template !== null) {
        this.#operands = [template];
        return;
      }
    }
    this.#operator = this.#operator === '' || this.#operator === operator ? operator : null;
    this.#operands.push(operand);
  }

  /** The operands of a text that is put together, or null where it is none. */
  get joined(): readonly Expression[] | null {
    if (!this.#operands.some((operand) => isText(operand) || operand.kind === 'template')) return null;
    if (this.#operator === '+') return joinParts(this.#operands);
    return this.#operator === '/' ? joinParts(withSlashes(this.#operands)) : null;
  }

  /** The dicts that are merged, the last one on top; null where none of them is written out. */
  get merged(): readonly Expression[] | null {
    return this.#operator === '|' && this.#operands.some((it) => it.kind === 'map') ? this.#operands : null;
  }

  get operands(): readonly Expression[] {
    return this.#operands;
  }
}

function withSlashes(operands: readonly Expression[]): Expression[] {
  return operands.flatMap((operand, index) =>
    index === 0 ? [operand] : [{ kind: 'scalar', value: '/', place: operand.place } as const, operand],
  );
}

/** Parts of one text: templates among them are opened, so that a template never holds another. */
export function joinParts(operands: readonly Expression[]): readonly Expression[] {
  return operands.flatMap((operand) => (operand.kind === 'template' ? operand.parts : [operand]));
}

export type TextScalar = ScalarExpression & { readonly value: string };

export function isText(expression: Expression): expression is TextScalar {
  return expression.kind === 'scalar' && typeof expression.value === 'string';
}

/** `"{}/{name}".format(a, name=b)` as the text it makes; null where a field is more than a position or a name: `{:.2f}`. */
export function fillFields(call: Expression): TemplateExpression | null {
  if (call.kind !== 'call' || call.callee !== '.format') return null;
  if (call.receiver === null || !isText(call.receiver)) return null;
  if (call.arguments.some((argument) => argument.spread !== '')) return null;
  const positional = call.arguments.filter((argument) => argument.name === null);
  let automatic = 0;
  return fill(call.receiver, FIELD, call.place, (field) => {
    if (field === '{{' || field === '}}') return field.charAt(0);
    const name = field.slice(1, -1);
    if (name === '') return positional[automatic++]?.value ?? null;
    if (/^\d+$/.test(name)) return positional[Number(name)]?.value ?? null;
    return call.arguments.find((argument) => argument.name === name)?.value ?? null;
  });
}

/** `"%s/%d" % (a, b)` as the text it makes; null where the values cannot be told apart, or are reshaped as by `%.2f`. */
function fillPercents(format: TextScalar, values: Expression, whole: Expression['place']): TemplateExpression | null {
  const given = values.kind === 'list' ? (values.complete ? values.items : []) : [values];
  const count = (format.value.match(PERCENT) ?? []).filter((field) => field !== '%%').length;
  if (count !== given.length) return null;
  let next = 0;
  return fill(format, PERCENT, whole, (field) => {
    if (field === '%%') return '%';
    return field === '%s' || field === '%d' ? (given[next++] ?? null) : null;
  });
}

const PERCENT = /%(?:%|[-+ #0]{0,5}\d{0,4}(?:\.\d{1,4})?[a-zA-Z])/g;
const FIELD = /\{\{|\}\}|\{[^{}]*\}/g;

/** Replaces each field by a value or by characters; null as soon as one has neither. */
function fill(
  format: TextScalar,
  field: RegExp,
  place: Expression['place'],
  replace: (field: string) => Expression | string | null,
): TemplateExpression | null {
  const parts: Expression[] = [];
  let literal = '';
  let from = 0;
  const flush = () => {
    if (literal !== '') parts.push({ kind: 'scalar', value: literal, place: format.place });
    literal = '';
  };
  for (const match of format.value.matchAll(field)) {
    const value = replace(match[0]);
    if (value === null) return null;
    literal += format.value.slice(from, match.index);
    from = match.index + match[0].length;
    if (typeof value === 'string') literal += value;
    else {
      flush();
      parts.push(value);
    }
  }
  literal += format.value.slice(from);
  flush();
  return { kind: 'template', parts, place };
}
