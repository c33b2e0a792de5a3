import { type Fix, replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ArtifactRead, ModelLoad, TrainingRun } from '../../../src/model/run.js';
import { isLiteral, type LiteralSetting } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { releasedSince } from '../../../src/model/versions.js';

/** What is read from elsewhere is read in a way that cannot run code. */
export const unsafeLoad = defineRule({
  id: 'artifact-trust-surface/unsafe-load',
  title: 'A load can run code from the file',
  severity: 'error',
  judge(run) {
    const reads = run.reads.map((read) => judgeRead(read, run));
    const loads = run.loads.map((load) => judgeWeights(load));
    return overPlaces([...reads, ...loads], 'the run unpickles nothing');
  },
});

function judgeRead(read: ArtifactRead, run: TrainingRun): PlaceVerdict {
  const { setting } = read.restricted;
  if (isLiteral(setting, true)) return met(setting.at);
  if (setting.state === 'dynamic') return unknown(`what may be unpickled is computed: ${setting.expression}`);
  if (setting.state === 'absent') return judgeUnrestricted(read, run);
  return judgeSource(read, setting);
}

function judgeUnrestricted(read: ArtifactRead, run: TrainingRun): PlaceVerdict {
  if (read.open !== null) return unknown(`${read.label} takes arguments that could not be read`);
  // NumPy has refused pickles by default since 1.16.3, of 2019.
  if (read.reader === 'numpy') return met(read.at);
  if (read.reader !== 'torch.load') return judgeSource(read, null);
  const restricted = releasedSince(run.versions, 'torch', '2.6.0');
  if (restricted === 'all') return met(read.at);
  return restricted === 'none'
    ? judgeSource(read, null)
    : unknown('whether torch.load unpickles depends on its release');
}

/** A file that the program wrote itself is as safe as the program. */
function judgeSource(read: ArtifactRead, setting: LiteralSetting<boolean> | null): PlaceVerdict {
  if (read.source === 'written-here') return notApplicable(`${read.label} reads what the run wrote`);
  if (read.source === 'unknown' && setting === null) return unknown(`where ${read.label} reads from is not known here`);
  const downloaded = read.source === 'downloaded';
  return violated({
    severity: downloaded ? 'error' : 'warning',
    // Where the file comes from is not known, and it is most often the author's own: for the summary.
    confidence: downloaded ? 'high' : 'medium',
    at: setting?.at ?? read.at,
    chain: setting?.chain ?? [],
    key: `${read.key}(${read.reader === 'torch.load' ? 'weights_only' : 'source'})`,
    value: setting === null ? null : 'unrestricted',
    message: downloaded
      ? `${read.label} unpickles a downloaded file, which can run any code on this machine. ${SAFE_WAYS[read.reader]}.`
      : `${read.label} runs any code that the file it reads may hold. ${SAFE_WAYS[read.reader]}, unless the file is your own.`,
    fix: restrictionFix(read, setting),
  });
}

const FOR_OBJECTS = 'Keep it as JSON, Parquet or safetensors';

/** How each reader's file is better read or kept, as an order. */
const SAFE_WAYS: Readonly<Record<ArtifactRead['reader'], string>> = {
  'torch.load': 'Pass `weights_only=True`, or keep the file as safetensors',
  numpy: 'Drop `allow_pickle=True`, and keep what needs it as JSON or Parquet',
  pickle: FOR_OBJECTS,
  joblib: FOR_OBJECTS,
  dill: FOR_OBJECTS,
  cloudpickle: FOR_OBJECTS,
};

function restrictionFix(read: ArtifactRead, setting: LiteralSetting<boolean> | null): Fix | null {
  if (read.reader !== 'torch.load' || setting === null) return null;
  return { applicability: 'unsafe', title: 'Load tensors alone.', edits: [replaceValue(setting.at, true)] };
}

/**
 * `use_safetensors=False` asks the hub for pickles. Absent, safetensors come first and pickles where there are none,
 * which says nothing either way.
 */
function judgeWeights(load: ModelLoad): PlaceVerdict {
  const { setting } = load.safetensors;
  if (setting.state === 'absent') return notApplicable(`${load.label} leaves the format to the library`);
  if (setting.state === 'dynamic') return unknown(`the format is computed: ${setting.expression}`);
  if (setting.value) return met(setting.at);
  if (load.origin === 'local') return notApplicable(`${load.label} loads from a local path`);
  if (!isLiteral(load.name) || load.origin === 'unknown') return unknown(`what ${load.label} loads is not known here`);
  return violated({
    severity: 'warning',
    at: setting.at,
    chain: setting.chain,
    key: `${load.key}(use_safetensors)`,
    value: load.name.value,
    message: `${load.label} asks the hub for the pickled weights of \`${load.name.value}\`, which can run code when they are read. Ask for safetensors; where the repository has none, the load then says so.`,
    fix: {
      applicability: 'unsafe',
      title: 'Ask for safetensors.',
      edits: [replaceValue(setting.at, true)],
    },
  });
}
