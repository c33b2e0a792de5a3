import type { Node } from 'web-tree-sitter';
import type { Expression, ListExpression } from '../../model/expression.js';
import { type AssignmentFact, type CommandFact, type Fact, MODULE_SCOPE } from '../../model/fact.js';
import type { LineNumber } from '../../model/identifiers.js';
import type { Place } from '../../model/location.js';
import { type HereDocument, hereDocumentOf } from './here-document.js';
import { opaque, readGroup, readHereDocument, readSubject, type WordContext } from './words.js';

export interface ScriptContext {
  readonly text: string;
  readonly lines: WordContext['lines'];
  /** How many blocks, substitutions or brackets may stand in one another. */
  readonly nesting: number;
}

export interface ScriptFacts {
  /** In the order they are written. */
  readonly facts: readonly Fact[];
  /** The first line that was not read because it is nested too deeply. */
  readonly tooDeepAt: LineNumber | null;
}

/** Every simple command and every assignment of a script, wherever it stands. */
export function readScript(root: Node, context: ScriptContext): ScriptFacts {
  const reader = new ScriptReader(context);
  reader.read(root);
  reader.facts.sort((a, b) => placeOf(a).start - placeOf(b).start);
  return reader;
}

/** A node that is still to be read, and what is known from the nodes around it. */
interface Pending {
  readonly node: Node;
  readonly depth: number;
  /** Whether it may not be run at all. */
  readonly conditional: boolean;
  /** Words that stand behind a redirection: `train > log --lr 1`. They belong to the last command in the node. */
  readonly trailing: readonly Node[];
}

const CONDITIONAL = new Set([
  'if_statement',
  'for_statement',
  'c_style_for_statement',
  'while_statement',
  'case_statement',
  'function_definition',
  // What is set in these is not set behind them.
  'subshell',
  'command_substitution',
  'process_substitution',
]);
const NESTING = new Set([
  ...CONDITIONAL,
  'compound_statement',
  'parenthesized_expression',
  'arithmetic_expansion',
  'expansion',
]);
const REDIRECTS = new Set(['file_redirect', 'heredoc_redirect', 'herestring_redirect']);
const TEXT_ONLY = new Set(['comment', 'heredoc_body', 'heredoc_start', 'heredoc_end']);

/** Goes over the tree with a list of its own: a recursion would overflow on a hostile script. */
class ScriptReader implements ScriptFacts {
  readonly facts: CommandOrAssignment[] = [];
  tooDeepAt: LineNumber | null = null;
  readonly #context: ScriptContext;
  readonly #pending: Pending[] = [];
  /** Commands inside a word are found through the word, and some through the node that holds it as well. */
  readonly #read = new Set<number>();

  constructor(context: ScriptContext) {
    this.#context = context;
  }

  read(root: Node): void {
    this.#pending.push({ node: root, depth: 0, conditional: false, trailing: [] });
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#readNode(next);
  }

  #readNode(at: Pending): void {
    const { node } = at;
    if (TEXT_ONLY.has(node.type) || this.#read.has(node.id)) return;
    this.#read.add(node.id);
    if (NESTING.has(node.type) && at.depth >= this.#context.nesting) {
      this.#markTooDeep(node);
      return;
    }
    switch (node.type) {
      case 'command':
        this.#readCommand(at);
        return;
      case 'variable_assignment':
        this.#readAssignment([node], at);
        return;
      case 'declaration_command':
        this.#readDeclaration(at);
        return;
      case 'redirected_statement':
        this.#readRedirected(at);
        return;
      case 'list':
        this.#readList(at);
        return;
      case 'for_statement':
        this.#readLoopVariable(at);
        this.#readChildren(at);
        return;
      default:
        this.#readChildren(at);
    }
  }

  #readChildren(at: Pending): void {
    const inside = NESTING.has(at.node.type);
    const children = at.node.namedChildren;
    for (const child of children) {
      this.#pending.push({
        node: child,
        depth: at.depth + (inside ? 1 : 0),
        conditional: at.conditional || CONDITIONAL.has(at.node.type),
        trailing: child === children.at(-1) ? at.trailing : [],
      });
    }
  }

  #readCommand(at: Pending): void {
    const parts = at.node.children.filter((child) => child.type !== 'comment');
    for (const redirect of parts.filter((part) => REDIRECTS.has(part.type))) this.#queue(redirect, at);
    const words = parts.filter((part) => !REDIRECTS.has(part.type));
    const groups = groupAdjacent([...words, ...at.trailing], this.#context.text);
    const firstWord = groups.findIndex((group) => group[0]?.type !== 'variable_assignment');
    const assignments = firstWord === -1 ? groups : groups.slice(0, firstWord);
    const own = firstWord === -1 ? [] : assignmentsOfCommand(groups.slice(0, firstWord + 1), this.#context.text);
    for (const group of assignments.slice(0, assignments.length - own.length)) this.#readAssignment(group, at);
    if (firstWord !== -1) this.#addCommand(groups.slice(firstWord), own, at);
  }

  #addCommand(groups: readonly Node[][], environment: readonly Node[][], at: Pending): void {
    const words = groups.map((group) => readGroup(group, 'word', this.#wordContext(at)));
    const [first, last] = [words[0], words.at(-1)];
    if (first === undefined || last === undefined) return;
    this.facts.push({
      kind: 'command',
      words,
      environment: environment.flatMap((group) => this.#variable(group, at) ?? []),
      place: this.#context.lines.place(first.place.start, last.place.end),
    });
    this.#readReadCommand(words, at);
  }

  /** `read NAME` sets a variable to what is known only when the script runs. */
  #readReadCommand(words: readonly Expression[], at: Pending): void {
    if (constant(words[0]) !== 'read') return;
    const target = constant(words.at(-1));
    const word = words.at(-1);
    if (target === null || word === undefined || !/^[A-Za-z_]\w*$/.test(target)) return;
    const document = hereDocumentOf(at.node);
    const value = document === null ? opaque(word.place, this.#wordContext(at)) : this.#readDocument(document, at);
    this.#addAssignment(target, value, word.place, at.conditional || document === null);
  }

  #readDocument(document: HereDocument, at: Pending): Expression {
    return readHereDocument(document, this.#wordContext(at));
  }

  #readAssignment(group: readonly Node[], at: Pending): void {
    const variable = this.#variable(group, at);
    const [first, last] = [group[0], group.at(-1)];
    if (variable === null || first === undefined || last === undefined) return;
    const place = this.#context.lines.place(first.startIndex, last.endIndex);
    this.#addAssignment(variable.name, variable.value, place, at.conditional);
  }

  #addAssignment(target: string, value: Expression, place: Place, conditional: boolean): void {
    this.facts.push({
      kind: 'assignment',
      target,
      annotation: null,
      value,
      scope: MODULE_SCOPE,
      conditional,
      place,
    });
  }

  /** `export A=1 B=2`, `local`, `declare -a C=(…)`. What is declared without a value keeps the one it has. */
  #readDeclaration(at: Pending): void {
    const parts = at.node.namedChildren.filter((child) => child.type !== 'comment');
    for (const group of groupAdjacent(parts, this.#context.text)) {
      if (group[0]?.type === 'variable_assignment') this.#readAssignment(group, at);
      else for (const node of group) this.#queue(node, at);
    }
  }

  #variable(group: readonly Node[], at: Pending): { name: string; value: Expression } | null {
    const [assignment, ...continued] = group;
    const target = assignment?.childForFieldName('name');
    if (assignment === undefined || target === null || target === undefined) return null;
    const context = this.#wordContext(at);
    const subject = readSubject(target, context);
    const parts = [assignment.childForFieldName('value'), ...continued].filter((node) => node !== null);
    const end = group.at(-1)?.endIndex ?? assignment.endIndex;
    const value = this.#value(parts, this.#context.lines.place(end, end), at);
    if (subject.name === null) return { name: subject.variable, value: opaque(value.place, context) };
    const appends = assignment.children.some((child) => child.type === '+=');
    return { name: subject.name, value: appends ? appended(subject.name, value, target, context) : value };
  }

  #value(parts: readonly Node[], empty: Place, at: Pending): Expression {
    const [first] = parts;
    if (first === undefined) return { kind: 'scalar', value: '', place: empty };
    if (first.type === 'array') return this.#array(first, at);
    const document = hereDocumentOf(first);
    if (document !== null && parts.length === 1) return this.#readDocument(document, at);
    return readGroup(parts, 'value', this.#wordContext(at));
  }

  #array(node: Node, at: Pending): ListExpression {
    const parts = node.namedChildren.filter((child) => child.type !== 'comment');
    const groups = groupAdjacent(parts, this.#context.text);
    return {
      kind: 'list',
      items: groups.map((group) => readGroup(group, 'word', this.#wordContext(at))),
      complete: !groups.some((group) => SPREAD.test(slice(group, this.#context.text))),
      place: this.#context.lines.place(node.startIndex, node.endIndex),
    };
  }

  /** A variable that a loop sets has several values, so an assignment above it does not tell its value. */
  #readLoopVariable(at: Pending): void {
    const variable = at.node.childForFieldName('variable');
    const values = at.node.childrenForFieldName('value').filter((value) => value.isNamed);
    if (variable === null) return;
    const { lines, text } = this.#context;
    const [first, last] = [values[0] ?? variable, values.at(-1) ?? variable];
    const place = lines.place(first.startIndex, last.endIndex);
    const context = this.#wordContext(at);
    const options = groupAdjacent(values, text).map((group) => readGroup(group, 'word', context));
    // A variable without quotes may stand for many values.
    const listed = options.every((option) => option.kind === 'scalar' || option.kind === 'template');
    const several: Expression = listed ? { kind: 'choice', options, place } : opaque(place, context, options);
    const [only = opaque(place, context), ...others] = options;
    const value = listed && others.length === 0 ? only : several;
    this.#addAssignment(
      text.slice(variable.startIndex, variable.endIndex),
      value,
      lines.place(variable.startIndex, last.endIndex),
      true,
    );
  }

  #readRedirected(at: Pending): void {
    const [body, ...redirects] = at.node.namedChildren.filter((child) => child.type !== 'comment');
    if (body === undefined) return;
    const trailing = redirects.flatMap((redirect) => wordsBehind(redirect, this.#context.text));
    this.#pending.push({ ...at, node: body, trailing: [...trailing, ...at.trailing] });
    for (const redirect of redirects) this.#queue(redirect, at);
  }

  /** `a && b || c`, which the grammar nests to the left: taken apart here, since chains may be long. */
  #readList(at: Pending): void {
    const operands: { node: Node; operator: string }[] = [];
    let spine: Node | undefined = at.node;
    while (spine?.type === 'list') {
      const [left, right]: Node[] = spine.namedChildren.filter((child) => child.type !== 'comment');
      const operator: string = spine.children.find((child) => !child.isNamed)?.type ?? '';
      if (right !== undefined) operands.push({ node: right, operator });
      spine = left;
    }
    if (spine !== undefined) operands.push({ node: spine, operator: '' });
    operands.reverse();
    let { conditional } = at;
    for (const [index, { node, operator }] of operands.entries()) {
      conditional ||= operator === '||' || operands[index - 1]?.node.type === 'test_command';
      this.#pending.push({ ...at, node, conditional, trailing: index === operands.length - 1 ? at.trailing : [] });
    }
  }

  #queue(node: Node, at: Pending): void {
    this.#pending.push({ ...at, node, trailing: [] });
  }

  #wordContext(at: Pending): WordContext {
    return {
      text: this.#context.text,
      lines: this.#context.lines,
      // What is nested too deeply is not read as part of a word either; its own turn in the queue tells so.
      depth: this.#context.nesting - at.depth,
      foundCommands: (node) => this.#pending.push({ ...at, node, depth: at.depth + 1, trailing: [] }),
      foundDefault: (target, value) => this.#addAssignment(target, value, value.place, at.conditional),
    };
  }

  #markTooDeep(node: Node): void {
    const line = this.#context.lines.lineAt(node.startIndex);
    if (this.tooDeepAt === null || line < this.tooDeepAt) this.tooDeepAt = line;
  }
}

type CommandOrAssignment = CommandFact | AssignmentFact;

/** Whatever expands to any number of words: `"${ARGS[@]}"`, `$@`, a list of files, a list that a command prints. */
const SPREAD = /\$(?:[@*]|\{[@*]|\{\w+\[[@*]\])|`|\$\(|\*|\{[^{}]*\.\.[^{}]*\}/;

/** Nodes with nothing between them are one word: the grammar cuts words such as `` --name=`date` `` in two. */
function groupAdjacent(nodes: readonly Node[], text: string): Node[][] {
  const groups: Node[][] = [];
  for (const node of nodes) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group !== undefined && before !== undefined && isJoined(text.slice(before.endIndex, node.startIndex))) {
      group.push(node);
    } else {
      groups.push([node]);
    }
  }
  return groups.filter((group) => slice(group, text).trim() !== '');
}

/** A line that ends in `\` goes on in the next one without a gap. */
function isJoined(between: string): boolean {
  return between === '' || /^(?:\\\r?\n)+$/.test(between);
}

/**
 * The grammar takes several assignments on one line, and whatever follows on the next lines, for one command. Only
 * those on the command's own line are set for it alone. The last group is the command's first word.
 */
function assignmentsOfCommand(groups: readonly Node[][], text: string): Node[][] {
  const own: Node[][] = [];
  for (let index = groups.length - 2; index >= 0; index -= 1) {
    const end = groups[index]?.at(-1)?.endIndex ?? 0;
    const next = groups[index + 1]?.[0]?.startIndex ?? end;
    if (/(?<!\\)\r?\n/.test(text.slice(end, next))) break;
    own.unshift(groups[index] as Node[]);
  }
  return own;
}

/** `train > log --lr 1`: the grammar takes all that follows for the file to write to, which is the first word only. */
function wordsBehind(redirect: Node, text: string): Node[] {
  if (redirect.type === 'heredoc_redirect') {
    return [
      ...redirect.childrenForFieldName('argument'),
      ...redirect.childrenForFieldName('redirect').flatMap((inner) => wordsBehind(inner, text)),
    ];
  }
  if (redirect.type !== 'file_redirect') return [];
  const [, ...words] = groupAdjacent(redirect.childrenForFieldName('destination'), text);
  return words.flat();
}

function appended(name: string, value: Expression, target: Node, context: WordContext): Expression {
  const place = context.lines.place(target.startIndex, target.endIndex);
  const before: Expression = { kind: 'reference', name, place };
  if (value.kind === 'list') return { ...value, items: [before, ...value.items], complete: false };
  return { kind: 'template', parts: [before, value], place: value.place };
}

function constant(word: Expression | undefined): string | null {
  return word?.kind === 'scalar' && typeof word.value === 'string' ? word.value : null;
}

function slice(group: readonly Node[], text: string): string {
  return text.slice(group[0]?.startIndex ?? 0, group.at(-1)?.endIndex ?? 0);
}

function placeOf(fact: CommandOrAssignment): Place {
  return fact.place;
}
