import type { Bounds } from '../../model/bounds.js';
import type { AssignmentFact, Fact, FileFacts, PartialReading, ScopeId } from '../../model/fact.js';
import { MODULE_SCOPE } from '../../model/fact.js';
import { repoPath } from '../../model/identifiers.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';
import { type EnvironmentSetting, readCell, type ShellStretch } from '../../notebooks/cell-code.js';
import { type CodeCell, lineOf } from '../../notebooks/notebook.js';
import type { FrontEnd } from '../frontend.js';
import { withoutNamedSecrets } from '../named-secrets.js';
import type { LineIndex } from '../places.js';
import { interpolated, withCodes, withoutBraces } from './interpolation.js';
import { movedFacts } from './moved-facts.js';
import { requirementsOf } from './pip-install.js';

/** What reads the languages that cells are written in. */
export interface CodeReaders {
  readonly python: FrontEnd;
  readonly shell: FrontEnd;
}

/** Gathers the facts of one cell after another, with their places in the raw file. */
export class CellFacts {
  readonly facts: Fact[] = [];
  /** The first reason why not all was read. */
  partial: PartialReading | null = null;
  readonly #lines: LineIndex;
  readonly #readers: CodeReaders;
  readonly #bounds: Bounds;
  readonly #deadline: number;
  /** The highest scope so far. All cells share the module's. */
  #scopes: ScopeId = MODULE_SCOPE;

  constructor(options: { lines: LineIndex; readers: CodeReaders; bounds: Bounds; deadline: number }) {
    this.#lines = options.lines;
    this.#readers = options.readers;
    this.#bounds = options.bounds;
    this.#deadline = options.deadline;
  }

  read(cell: CodeCell): void {
    if (this.#timeLeft() <= 0) {
      this.partial ??= this.#tooSlow();
      return;
    }
    const code = readCell(cell.source.text);
    this.#readPython(cell, code.python);
    for (const stretch of code.shell) this.#readShell(cell, stretch);
    const settings = code.environment.map((setting) => environmentFact(setting, this.#placing(cell)));
    this.facts.push(...withoutNamedSecrets(settings));
  }

  #readPython(cell: CodeCell, text: string): void {
    if (text.trim() === '') return;
    const { facts, partial } = this.#extract('python', PYTHON, text);
    this.#add(facts, { placing: this.#placing(cell), moduleScope: MODULE_SCOPE });
    this.#notePartial(partial, cell, text, 0);
  }

  #readShell(cell: CodeCell, { start, end, isLine }: ShellStretch): void {
    const text = cell.source.text.slice(start, end);
    if (text.trim() === '') return;
    const line = isLine ? withoutBraces(text) : { text, codes: [] };
    const { facts, partial } = this.#extract('shell', SHELL, line.text);
    const commands = withCodes(facts, line);
    const required = commands.flatMap((it) => (it.kind === 'command' ? requirementsOf(it) : []));
    // Each runs in a shell of its own, whose variables are none of the module's.
    this.#scopes += 1;
    this.#add([...commands, ...required], { placing: this.#placing(cell, start), moduleScope: this.#scopes });
    this.#notePartial(partial, cell, text, start);
  }

  #extract(language: keyof CodeReaders, path: typeof PYTHON, text: string): FileFacts {
    const parseMilliseconds = this.#timeLeft();
    if (parseMilliseconds <= 0) return { facts: [], partial: this.#tooSlow() };
    const read = this.#readers[language].extract({ path, text }, { ...this.#bounds, parseMilliseconds });
    return read.partial?.reason === 'too-slow' ? { ...read, partial: this.#tooSlow() } : read;
  }

  #timeLeft(): number {
    return this.#deadline - performance.now();
  }

  /** The time is that of the whole notebook, whichever cell it ran out in. */
  #tooSlow(): PartialReading {
    return { reason: 'too-slow', line: null, detail: `over ${this.#bounds.parseMilliseconds} ms` };
  }

  #add(facts: readonly Fact[], { placing, moduleScope }: { placing: Placing; moduleScope: ScopeId }): void {
    const before = this.#scopes;
    const scope = (own: ScopeId) => {
      const moved = own === MODULE_SCOPE ? moduleScope : before + own;
      this.#scopes = Math.max(this.#scopes, moved);
      return moved;
    };
    // One by one: a list spread into arguments may be longer than the stack.
    for (const fact of movedFacts(facts, { place: ({ start, end }) => placing(start, end), scope })) {
      this.facts.push(fact);
    }
  }

  #placing({ source }: CodeCell, offset = 0): Placing {
    return (start, end) => {
      const from = source.startInFile(start + offset);
      return this.#lines.place(from, start === end ? from : source.endInFile(end + offset));
    };
  }

  #notePartial(partial: PartialReading | null, cell: CodeCell, text: string, offset: number): void {
    if (this.partial !== null || partial === null) return;
    if (partial.line === null) {
      this.partial = partial;
      return;
    }
    const at = offset + startOfLine(text, partial.line);
    const line = this.#lines.lineAt(cell.source.startInFile(at));
    const inCell = `cell ${cell.number}, line ${lineOf(cell.source.text, at)}`;
    this.partial = { ...partial, line, detail: partial.detail === null ? inCell : `${inCell}: ${partial.detail}` };
  }
}

/** The place in the file of a stretch of what was read. */
type Placing = (start: number, end: number) => Place;

// The front-ends look at nothing of it but its ending.
const PYTHON = repoPath('cell.py');
const SHELL = repoPath('cell.sh');

/** `%env NAME=value` as the Python reader has `os.environ["NAME"] = "value"`. */
function environmentFact(setting: EnvironmentSetting, placing: Placing): AssignmentFact {
  const { name, value, conditional, start, end } = setting;
  const place = placing(start, end);
  return {
    kind: 'assignment',
    target: `os.environ.${name}`,
    annotation: null,
    value: interpolated(maskSecrets(value), placing(end - value.length, end)),
    scope: MODULE_SCOPE,
    conditional,
    place,
  };
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) at = text.indexOf('\n', at) + 1;
  return at;
}
