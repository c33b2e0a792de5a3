import { addArgument, type Fix } from '../../../src/model/fix.js';
import { pinOf } from '../../../src/model/hub.js';
import { defineRule } from '../../../src/model/rule.js';
import type { AdapterSetup, ModelLoad, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { repeatablePin } from '../pinning.js';

/** An adapter's metadata says which revision of its base it was trained on. */
export const baseNotRecorded = defineRule({
  id: 'base-model-versioning/base-not-recorded',
  title: 'Adapter does not record the revision of its base',
  severity: 'notice',
  judge(run) {
    return overPlaces(
      run.adapterSetups.map((setup) => judgeSetup(setup, run)),
      'the run sets up no adapter, or its stack has no way to record the base',
    );
  },
});

/** PEFT writes the name of the base by itself, and its revision only where it is told. */
function judgeSetup(setup: AdapterSetup, run: TrainingRun): PlaceVerdict {
  const { baseRevision } = setup;
  const models = run.loads.filter((load) => load.what === 'model');
  if (models.every((load) => load.origin === 'local')) return notApplicable('the base is not loaded from the hub');
  if (baseRevision.state === 'inexpressible') return notApplicable(baseRevision.reason);
  if (baseRevision.state === 'dynamic') return unknown(`the revision is computed: ${baseRevision.expression}`);
  if (baseRevision.state === 'absent') return judgeSilence(setup, models);
  const pin = pinOf(baseRevision.value);
  if (pin !== 'moving') return met(baseRevision.at, pin === 'commit' ? 1 : 0.5);
  return violated({
    severity: 'notice',
    at: baseRevision.at,
    chain: baseRevision.chain,
    key: setup.key,
    value: baseRevision.value,
    message: `The adapter records \`${baseRevision.value}\` as the revision of its base, a name that moves. Record the commit that the base is loaded from.`,
  });
}

/** Which of several models an adapter is put on is not followed, so where they differ nothing is said. */
function judgeSilence(setup: AdapterSetup, models: readonly ModelLoad[]): PlaceVerdict {
  if (setup.open !== null) return unknown(`${setup.label} takes arguments that could not be read`);
  const [base] = models;
  const isSole = models.every(
    (load) => isLiteral(load.name) && base !== undefined && isLiteral(base.name, load.name.value),
  );
  if (base === undefined || !isLiteral(base.name) || base.origin !== 'hub' || !isSole)
    return unknown('which base the adapter is for is not known here');
  if (base.name.byDefault === true) return unknown('which base the adapter is for is said on the command line');
  return missing({
    severity: 'notice',
    at: setup.at,
    key: setup.key,
    value: base.name.value,
    message: silenceMessage(setup, base.name.value, base.revision.state !== 'absent'),
    fix: repeatRevision(setup, base),
  });
}

function silenceMessage(setup: AdapterSetup, base: string, isPinned: boolean): string {
  return isPinned
    ? `${setup.label} does not say which revision of \`${base}\` the adapter belongs to, so it is later put on the newest one. Pass the \`revision\` that the base is loaded with.`
    : `${setup.label} cannot say which revision of \`${base}\` the adapter belongs to, because the base is not pinned. Pin the base, and pass the same \`revision\` here.`;
}

function repeatRevision(setup: AdapterSetup, base: ModelLoad): Fix | null {
  const pin = repeatablePin(base, setup.at);
  if (setup.argumentsAt === null || pin === null) return null;
  return {
    applicability: 'safe',
    title: `Add \`revision=${pin}\`.`,
    edits: [addArgument(setup.argumentsAt, 'revision', pin)],
  };
}
