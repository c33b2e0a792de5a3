/**
 * What a cell holds: Python with IPython's additions taken out, and those of them that say something. Offsets are those
 * of the cell's source throughout. https://ipython.readthedocs.io/en/stable/interactive/magics.html
 */
export interface CellCode {
  /** As long as the source. What is no Python is blank, with `""` for a line that a block may need, `__` for a value. */
  readonly python: string;
  readonly shell: readonly ShellStretch[];
  readonly environment: readonly EnvironmentSetting[];
}

/** Commands for a shell of their own, without the mark in front. */
export interface ShellStretch {
  readonly start: number;
  readonly end: number;
  /** A line of its own, in which `{name}` and `$name` stand for Python's variables; else a whole cell. */
  readonly isLine: boolean;
}

/** `%env NAME=value`. */
export interface EnvironmentSetting {
  readonly name: string;
  readonly value: string;
  readonly conditional: boolean;
  readonly start: number;
  readonly end: number;
}

export function readCell(source: string): CellCode {
  const reader = new CellReader(source);
  reader.read();
  return { python: reader.python(), shell: reader.shell, environment: reader.environment };
}

/** Cells that run as Python, with something done around them. All other `%%` cells are no Python of this notebook. */
const PYTHON_CELLS = /^(?:time|timeit|capture|prun|memit|mprun|lprun|wandb|heat|scalene|snakeviz|pyinstrument|debug)$/;
const SHELL_CELLS = /^(?:(?:bash|sh|shell|system|sx|!)(?!\S)|script\s+(?:--?\S+\s+)*\S*(?:ba|z)?sh(?!\S))/;
/** Line magics whose line is a command of the shell that matters: `%pip install …`. */
const SHELL_LINES = /^%(?=(?:pip3?|uv|conda|mamba|micromamba)\s)|^%(?:sx|system|sh)\s/;
/** With automatic magics, which are on unless told otherwise, these need no `%`. */
const BARE_COMMAND =
  /^(?:pip3?|conda|mamba|uv)[ \t]+(?:install|uninstall|pip|list|freeze|show|add)\b|^cd[ \t]+(?!(?:in|is|if|and|or|not|else|for)\b)[\w./~$"']/;
/** Line magics in front of a statement. */
const STATEMENT_LINES = /^%(?:time|timeit|memit|prun)(?:\s+-\w+(?:\s+\d+)?)*(?=\s)/;
const ENVIRONMENT_LINE = /^%(?:set_)?env\s+(?<name>[A-Za-z_]\w*)(?:\s*=\s*|\s+)(?<value>\S.*?)\s*$/;
const HELP = /^\?|^%{0,2}[A-Za-z_*][\w.*[\]'"]*\?{1,2}[ \t]*;?\s*$/;
/** What a value is assigned to that a command or a magic gives: `files = !ls`. */
const ASSIGNED = /^[A-Za-z_][\w.,[\]'"* \t]*=[ \t]*(?=[!%][^=\s])/;

class CellReader {
  readonly shell: ShellStretch[] = [];
  readonly environment: EnvironmentSetting[] = [];
  readonly #source: string;
  /** In order; what lies between is as in the source. */
  readonly #replaced: { readonly start: number; readonly end: number; readonly by: string }[] = [];

  constructor(source: string) {
    this.#source = source;
  }

  python(): string {
    let [text, from] = ['', 0];
    for (const { start, end, by } of this.#replaced) {
      text += this.#source.slice(from, start) + by + blank(this.#source.slice(start + by.length, end));
      from = end;
    }
    return text + this.#source.slice(from);
  }

  read(): void {
    let at = this.#readCellMagics();
    while (at < this.#source.length) at = this.#readLine(at);
  }

  /** The magics at the top, of which one may stand under another; behind those where Python starts. */
  #readCellMagics(): number {
    let at = 0;
    for (;;) {
      const start = at + (/^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(this.#source.slice(at))?.[0].length ?? 0);
      if (!this.#source.startsWith('%%', start)) return at;
      const end = this.#lineEnd(start);
      const line = this.#source.slice(start + 2, end).trim();
      if (!PYTHON_CELLS.test(line.split(/\s/, 1)[0] ?? '')) return this.#readForeignCell(start, end, line);
      this.#replace(start, end);
      at = end;
    }
  }

  #readForeignCell(start: number, bodyStart: number, line: string): number {
    const end = this.#source.length;
    this.#replace(start, end);
    if (SHELL_CELLS.test(line)) this.shell.push({ start: bodyStart, end, isLine: false });
    return end;
  }

  /** Reads from the start of a statement, and gives where the next one starts. */
  #readLine(lineStart: number): number {
    const start = lineStart + (/^[ \t]*/.exec(this.#source.slice(lineStart, lineStart + 200))?.[0].length ?? 0);
    const line = this.#source.slice(start, this.#lineEnd(start));
    if (/^[!%?]/.test(line) || BARE_COMMAND.test(line)) return this.#readMagic(start, start > lineStart);
    if (HELP.test(line)) return this.#blankLine(start);
    const value = ASSIGNED.exec(line)?.[0].length;
    if (value !== undefined) return this.#readAssigned(start + value);
    return statementEnd(this.#source, lineStart);
  }

  #readMagic(start: number, conditional: boolean): number {
    const end = this.#continuedEnd(start);
    const line = this.#source.slice(start, end);
    const mark = /^!{1,2}/.exec(line)?.[0] ?? SHELL_LINES.exec(line)?.[0] ?? (BARE_COMMAND.test(line) ? '' : null);
    const statement = STATEMENT_LINES.exec(line)?.[0];
    const { name, value } = ENVIRONMENT_LINE.exec(line)?.groups ?? {};
    if (statement !== undefined) {
      this.#replace(start, start + statement.length, '"";');
      return statementEnd(this.#source, start + statement.length);
    }
    if (mark !== null) this.shell.push({ start: start + mark.length, end, isLine: true });
    if (name !== undefined && value !== undefined) {
      this.environment.push({ name, value, conditional, start, end: start + line.trimEnd().length });
    }
    this.#replace(start, end, '""');
    return end;
  }

  #readAssigned(start: number): number {
    const end = this.#continuedEnd(start);
    const mark = /^!{1,2}/.exec(this.#source.slice(start, start + 2))?.[0];
    if (mark !== undefined) this.shell.push({ start: start + mark.length, end, isLine: true });
    this.#replace(start, end, '__');
    return end;
  }

  #blankLine(start: number): number {
    const end = this.#lineEnd(start);
    this.#replace(start, end, '""');
    return end;
  }

  #replace(start: number, end: number, by = ''): void {
    // A mark alone on its line is too short for anything but a blank.
    const room = this.#source.slice(start, end).trimEnd().length;
    this.#replaced.push({ start, end, by: by.length <= room ? by : '' });
  }

  #lineEnd(at: number): number {
    const end = this.#source.indexOf('\n', at);
    return end === -1 ? this.#source.length : end + 1;
  }

  /** A `\` at the end of a line of magic goes on in the next one. */
  #continuedEnd(start: number): number {
    let end = this.#lineEnd(start);
    while (end < this.#source.length && /\\\r?\n$/.test(this.#source.slice(Math.max(start, end - 3), end))) {
      end = this.#lineEnd(end);
    }
    return end;
  }
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

/** What a statement may be made of, as far as its end is concerned. */
const PIECE =
  /#[^\n]*|"""(?:\\[\s\S]|[^\\])*?(?:"""|$)|'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|"(?:\\[\s\S]|[^\\\n"])*"?|'(?:\\[\s\S]|[^\\\n'])*'?|\\\r?\n|[^#"'()[\]{}\\\n]+|[\s\S]/y;

/** Behind the line end at which a statement of Python is over: the first one outside of brackets and strings. */
function statementEnd(source: string, start: number): number {
  PIECE.lastIndex = start;
  let depth = 0;
  while (PIECE.lastIndex < source.length) {
    const piece = PIECE.exec(source)?.[0] ?? '';
    if ('([{'.includes(piece)) depth += 1;
    if (')]}'.includes(piece)) depth -= 1;
    if (piece === '\n' && depth <= 0) return PIECE.lastIndex;
  }
  return source.length;
}
