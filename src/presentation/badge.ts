import { COMPOSITE_TITLES, KEY_PREFIX, METRICS } from '../playbook/metrics.js';

/** A badge as data: what shields and badge-maker call a label, a message and a colour. */
export interface Badge {
  readonly label: string;
  readonly message: string;
  readonly color: string;
}

const LABEL = 'fine-tuning health';

/** For whatever cannot be shown, whatever the reason: it tells nothing. */
export const UNKNOWN_BADGE: Badge = { label: LABEL, message: 'unknown', color: 'lightgrey' };

/**
 * The badge of one metric or composite, named with or without the prefix of its key; null for the overall health.
 * `scores` are keyed as in `ScoreRecord`. Null where there is no such metric.
 */
export function presentBadge(scores: Readonly<Record<string, number | null>>, metric: string | null): Badge | null {
  const name = (metric ?? 'overall_finetuning_health').replace(KEY_PREFIX, '');
  const label = metric === null ? LABEL : titleOf(name);
  if (label === null) return null;
  const score = scores[KEY_PREFIX + name] ?? scores[name] ?? null;
  if (score === null) return { label, message: 'n/a', color: 'lightgrey' };
  return { label, message: score.toFixed(2), color: colourOf(score) };
}

function titleOf(name: string): string | null {
  const metric = METRICS.find(({ key }) => key === KEY_PREFIX + name);
  if (metric !== undefined) return metric.title.toLowerCase();
  return Object.hasOwn(COMPOSITE_TITLES, name)
    ? COMPOSITE_TITLES[name as keyof typeof COMPOSITE_TITLES].toLowerCase()
    : null;
}

const COLOURS = [
  [0.9, 'brightgreen'],
  [0.75, 'green'],
  [0.6, 'yellowgreen'],
  [0.45, 'yellow'],
  [0.3, 'orange'],
] as const;

function colourOf(score: number): string {
  return COLOURS.find(([least]) => score >= least)?.[1] ?? 'red';
}
