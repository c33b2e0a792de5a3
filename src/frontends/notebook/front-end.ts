import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, PartialReading } from '../../model/fact.js';
import { type LineNumber, lineNumber } from '../../model/identifiers.js';
import { isNotebook } from '../../model/notebook-path.js';
import { type Notebook, type NotebookFault, readNotebook } from '../../notebooks/notebook.js';
import type { FrontEnd } from '../frontend.js';
import { LineIndex } from '../places.js';
import { createPythonFrontEnd } from '../python/front-end.js';
import { createShellFrontEnd } from '../shell/front-end.js';
import { CellFacts, type CodeReaders } from './cell-facts.js';

/**
 * Reads Jupyter notebooks: the Python of their code cells as one module, in the order of the cells, and the commands
 * they start. Places are those of the raw file.
 */
export async function createNotebookFrontEnd(): Promise<FrontEnd> {
  const python = await createPythonFrontEnd();
  const readers: CodeReaders = { python, shell: await createShellFrontEnd() };
  return {
    id: 'notebook',
    version: 3,
    claims: (path) => isNotebook(path) && !/(?:^|\/)\.ipynb_checkpoints\//.test(path),
    extract: ({ text }, bounds) => extractNotebook(text, bounds, readers),
  };
}

function extractNotebook(text: string, bounds: Bounds, readers: CodeReaders): FileFacts {
  const deadline = performance.now() + bounds.parseMilliseconds;
  const lines = new LineIndex(text);
  const notebook = readNotebook(text);
  if ('fault' in notebook) return { facts: [], partial: faultReading(notebook, lines) };
  const bytes = codeBytes(notebook);
  if (bytes > bounds.sourceFileBytes) {
    const detail = `${bytes} bytes of code; at most ${bounds.sourceFileBytes} are read`;
    return { facts: [], partial: { reason: 'too-large', line: null, detail } };
  }
  const cells = new CellFacts({ lines, readers, bounds, deadline });
  // Each cell is compiled by itself in Jupyter, so a fault in one leaves the others whole.
  for (const cell of notebook.cells) cells.read(cell);
  return { facts: cells.facts, partial: unreadableCell(notebook, lines) ?? cells.partial };
}

function codeBytes({ cells }: Notebook): number {
  return cells.reduce((sum, { source }) => sum + Buffer.byteLength(source.text), 0);
}

function faultReading({ fault, offset, detail }: NotebookFault, lines: LineIndex): PartialReading {
  switch (fault) {
    case 'too-deep':
      return { reason: 'too-deep', line: null, detail: null };
    case 'no-cells':
      return syntaxError(lineNumber(1), 'no notebook: it has no `cells`');
    case 'not-json':
      return syntaxError(lines.lineAt(offset), `not JSON: ${detail}`);
  }
}

function unreadableCell({ unreadable: [first] }: Notebook, lines: LineIndex): PartialReading | null {
  if (first === undefined) return null;
  return syntaxError(lines.lineAt(first.offset), `cell ${first.number} has no \`source\` that is text`);
}

function syntaxError(line: LineNumber, detail: string): PartialReading {
  return { reason: 'syntax-error', line, detail };
}
