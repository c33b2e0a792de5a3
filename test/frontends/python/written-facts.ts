import type { Argument, Expression } from '../../../src/model/expression.js';
import type { Fact, Parameter } from '../../../src/model/fact.js';

/** A fact on one line: its scope unless it is the module, what it states, and `if` where it may not happen. */
export function writtenFact(fact: Fact): string {
  const scope = 'scope' in fact && fact.scope !== 0 ? `${fact.scope}| ` : '';
  return scope + statement(fact);
}

/**
 * An expression on one line. `?` is opaque, `?(a, b)` opaque with parts; `"a"+b` a template, `(a|b)` a choice, and
 * `…` ends a list that is not complete.
 */
export function written(expression: Expression | null): string {
  switch (expression?.kind) {
    case undefined:
      return '–';
    case 'scalar':
      return JSON.stringify(expression.value);
    case 'reference':
      return expression.name;
    case 'list':
      return `[${[...expression.items.map(written), ...(expression.complete ? [] : ['…'])].join(', ')}]`;
    case 'map': {
      const entries = expression.entries.map((entry) => `${entry.key ?? '?'}: ${written(entry.value)}`);
      return `{${[...entries, ...expression.spreads.map((spread) => `**${written(spread)}`)].join(', ')}}`;
    }
    case 'template':
      return `<${expression.parts.map(written).join('+')}>`;
    case 'choice':
      return `(${expression.options.map(written).join(expression.by === 'or' ? ' or ' : '|')})`;
    case 'call': {
      const receiver = expression.receiver === null ? '' : `{${written(expression.receiver)}}`;
      return `${receiver}${expression.callee}(${expression.arguments.map(writtenArgument).join(', ')})`;
    }
    case 'subscript':
      if (expression.dotted && expression.key.kind === 'scalar')
        return `${written(expression.base)}.${expression.key.value}`;
      return `${written(expression.base)}[${written(expression.key)}]`;
    case 'opaque':
      return expression.parts.length === 0 ? '?' : `?(${expression.parts.map(written).join(', ')})`;
  }
}

function statement(fact: Fact): string {
  switch (fact.kind) {
    case 'import':
      return `import ${fact.module}${fact.name === null ? '' : `:${fact.name}`} as ${fact.alias}`;
    case 'assignment': {
      const annotation = fact.annotation === null ? '' : `: ${fact.annotation}`;
      return `${fact.target}${annotation} = ${written(fact.value)}${fact.conditional ? ' if' : ''}`;
    }
    case 'evaluation':
      return `eval ${written(fact.value)}`;
    case 'return':
      return `return ${written(fact.value)}`;
    case 'function': {
      const decorators = fact.decorators.map((decorator) => `@${written(decorator)} `).join('');
      return `${decorators}def ${fact.name}(${fact.parameters.map(writtenParameter).join(', ')}) -> ${fact.body}`;
    }
    case 'class': {
      const decorators = fact.decorators.map((decorator) => `@${written(decorator)} `).join('');
      return `${decorators}class ${fact.name}(${fact.bases.map(written).join(', ')}) -> ${fact.body}`;
    }
    default:
      return fact.kind;
  }
}

function writtenArgument(argument: Argument): string {
  return `${argument.spread}${argument.name === null ? '' : `${argument.name}=`}${written(argument.value)}`;
}

function writtenParameter(parameter: Parameter): string {
  const annotation = parameter.annotation === null ? '' : `: ${parameter.annotation}`;
  return `${parameter.spread}${parameter.name}${annotation}${parameter.default === null ? '' : ` = ${written(parameter.default)}`}`;
}
