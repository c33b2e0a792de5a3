import { getBorderCharacters, table } from 'table';
import type { Comparison } from '../model/comparison.js';
import { COMPOSITE_TITLES, METRICS } from '../playbook/metrics.js';
import { type Line, span, widthOf } from './lines.js';
import { deltaWords, scoreWords } from './wording.js';

/** Metric, base, head and difference, in the playbook's order; none for a report without metrics. */
export function metricTable({ metrics }: Comparison): readonly Line[] {
  const rows = METRICS.flatMap(({ key, title }) => {
    const compared = metrics.find(({ metric }) => metric === key);
    return compared === undefined ? [] : [{ title, compared, degraded: compared.degraded }];
  });
  return scoreTable('Metric', rows);
}

/** The same of the composites, the overall one last. */
export function compositeTable({ composites }: Comparison): readonly Line[] {
  const rows = Object.entries(COMPOSITE_TITLES).flatMap(([key, title]) => {
    const compared = composites.find(({ composite }) => composite === key);
    return compared === undefined ? [] : [{ title, compared, degraded: false }];
  });
  return scoreTable('Composite', rows);
}

interface Row {
  readonly title: string;
  readonly compared: { readonly base: number | null; readonly head: number | null; readonly delta: number | null };
  readonly degraded: boolean;
}

function scoreTable(heading: string, rows: readonly Row[]): readonly Line[] {
  if (rows.length === 0) return [];
  const drawn = table([[heading, 'Base', 'Head', 'Delta', ''], ...rows.map(cellsOf)], LAYOUT);
  const [head = '', rule = '', ...body] = drawn.trimEnd().split('\n');
  const lines = body.map((line, index) => rowLine(line.trimEnd(), rows[index]));
  return [[span('strong', head.trimEnd())], [span('faint', rule)], ...lines];
}

function cellsOf({ title, compared, degraded }: Row): string[] {
  const { base, head, delta } = compared;
  return [title, scoreWords(base), scoreWords(head), deltaWords(delta), degraded ? '▼ degraded' : ''];
}

function rowLine(line: string, row: Row | undefined): Line {
  if (row?.degraded === true) return [span('bad', line)];
  const improved = row !== undefined && deltaWords(row.compared.delta).startsWith('+');
  return improved ? [span('good', line)] : [line];
}

const TITLES = [...METRICS.map(({ title }) => title), ...Object.values(COMPOSITE_TITLES)];

const LAYOUT: Parameters<typeof table>[1] = {
  border: { ...getBorderCharacters('void'), bodyLeft: '', bodyRight: '', bodyJoin: ' ', joinBody: '─', joinJoin: '─' },
  columnDefault: { paddingLeft: 0, paddingRight: 1 },
  columns: {
    // The two tables stand one above the other, so their columns keep one width.
    0: { width: Math.max(...TITLES.map(widthOf)) },
    1: { alignment: 'right', width: 5 },
    2: { alignment: 'right', width: 5 },
    3: { alignment: 'right', width: 6 },
  },
  drawHorizontalLine: (index) => index === 1,
};
