import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import type { DataSource, Mixing } from '../../../src/model/run-data.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { ownSplitOf } from '../own-split.js';
import type { Row } from '../row.js';
import { nameOf, rowsOf } from '../rows.js';
import { relationOf } from '../splits.js';

/** Rows are split while each still is a document of its own. */
export const splitAfterMixing = defineRule({
  id: 'dataset-contamination/split-after-mixing',
  title: 'Rows are split after they were packed or copied',
  severity: 'warning',
  judge: (run) => overPlaces([judgeCode(run) ?? judgeStack(run)], NO_SPLIT),
});

const NO_SPLIT = 'the run makes no random split';

/** Null where the run holds out no part of what it trains on. */
function judgeCode(run: TrainingRun): PlaceVerdict | null {
  const { training, evaluation } = rowsOf(run);
  const splits = (evaluation?.sources ?? []).flatMap((held) =>
    (training?.sources ?? []).flatMap((learnt) => splitBetween(held, learnt) ?? []),
  );
  const [first] = splits;
  if (first === undefined) return null;
  const late = splits.find(({ mixed }) => mixed !== null);
  return late === undefined || late.mixed === null ? met(first.at) : faultOf(run, late, late.mixed);
}

type Split = Extract<DataSource['taken'][number], { kind: 'part' }>;

/** The split of which one part is trained on and another is measured on. */
function splitBetween(held: Row, learnt: Row): Split | null {
  const parts = held.taken.filter((it) => it.kind === 'part');
  const other = learnt.taken.filter((it) => it.kind === 'part');
  return parts.find((it) => other.some(({ of, name }) => of === it.of && name !== it.name)) ?? null;
}

function faultOf(run: TrainingRun, { at }: Split, mixed: Mixing): PlaceVerdict {
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at,
    chain: [mixed.at],
    key: 'split',
    value: `${mixed.by} ${mixed.kind}`,
    message: `\`${mixed.by}\` ${DONE[mixed.kind]} before this split, so that one document is learnt and measured on. Split first, and ${ORDERS[mixed.kind]} the parts.`,
  });
}

const DONE: Readonly<Record<Mixing['kind'], string>> = {
  packed: 'joins documents and cuts them anew',
  windowed: 'makes several rows of a long document',
  repeated: 'puts rows there more than once',
};
const ORDERS: Readonly<Record<Mixing['kind'], string>> = {
  packed: 'then pack',
  windowed: 'then cut',
  repeated: 'then repeat rows of',
};

/** Stacks that split what they join. */
function judgeStack(run: TrainingRun): PlaceVerdict {
  const split = ownSplitOf(run);
  if (split.state === 'unknown') return unknown(split.reason);
  if (split.state === 'none') return notApplicable(NO_SPLIT);
  const sources = rowsOf(run).training?.sources ?? null;
  if (sources === null) return unknown('where the rows come from is not followed');
  const twice = sources.find((row, index) =>
    sources.slice(0, index).some((other) => relationOf(row, other) === 'same'),
  );
  if (twice === undefined) return met(split.at);
  const deduplicates = settingOf(run.settings, 'dataset_exact_deduplication').setting;
  if (deduplicates.state !== 'absent') return unknown('duplicates may be taken out before the split');
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: twice.at,
    chain: [split.at],
    key: 'datasets',
    value: twice.name,
    message: `${nameOf(twice)} is listed twice and then split, so that rows which are held out are trained on as well. List it once.`,
  });
}
