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
  const base = run.loads.find((load) => load.what === 'model' && load.origin === 'hub' && isLiteral(load.name));
  if (base === undefined) return notApplicable('the base is not loaded from the hub by a name that is known here');
  if (baseRevision.state === 'inexpressible') return notApplicable(baseRevision.reason);
  if (baseRevision.state === 'dynamic') return unknown(`the revision is computed: ${baseRevision.expression}`);
  if (baseRevision.state === 'absent')
    return setup.open === null ? absent(setup, base) : unknown('arguments could not be read');
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

function absent(setup: AdapterSetup, base: ModelLoad): PlaceVerdict {
  const name = isLiteral(base.name) ? base.name.value : '';
  const isPinned = base.revision.state !== 'absent';
  return missing({
    severity: 'notice',
    at: setup.at,
    key: setup.key,
    value: name,
    message: isPinned
      ? `${setup.label} does not say which revision of \`${name}\` the adapter belongs to, so loading it later takes the newest. Pass \`revision=\` the same value as the base.`
      : `${setup.label} cannot say which revision of \`${name}\` the adapter belongs to, because the base is not pinned. Pin it, and pass the same \`revision=\` here.`,
    fix: repeatRevision(setup, base),
  });
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
