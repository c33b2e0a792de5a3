import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { RunCall, RunCommand, TrainingRun } from '../../../src/model/run.js';
import { isLiteral } from '../../../src/model/setting.js';
import { met, overPlaces, type PlaceVerdict, type Severity, unknown, violated } from '../../../src/model/verdict.js';

/** Files of a run are not laid open to strangers. */
export const publicStorage = defineRule({
  id: 'model-artifact-access/public-storage',
  title: 'Files of the run are opened to everybody',
  severity: 'error',
  judge: (run) => {
    const opened = [...run.calls.flatMap(openedByCall), ...run.commands.flatMap(openedByCommand)];
    return overPlaces(opened.length === 0 ? [judgeSilence(run)] : opened.map(faultOf), 'nothing is stored');
  },
});

interface Opening {
  readonly at: Location;
  readonly key: string;
  readonly severity: Severity;
  readonly message: string;
}

const WORLD =
  'Everybody on the internet can read what is stored with this. Drop it, and give those who need the files access by name.';
const MACHINE =
  'Every user of the machine can change these files, and a checkpoint that is changed is loaded all the same. Give the group access instead, `0o770`.';

function openedByCall({ name, arguments: given, at }: RunCall): Opening[] {
  const acl = given.get('ACL');
  if (/(?:^|\.)put_object(?:_acl)?$/.test(name) && acl !== undefined && isPublic(acl))
    return [{ at, key: 'ACL', severity: 'error', message: WORLD }];
  if (/(?:^|\.)make_public$/.test(name)) return [{ at, key: 'make_public', severity: 'error', message: WORLD }];
  const mode = given.get('1') ?? given.get('mode');
  if (name === 'os.chmod' && mode !== undefined && isLiteral(mode, 0o777))
    return [{ at, key: 'chmod', severity: 'warning', message: MACHINE }];
  return [];
}

function isPublic(setting: Parameters<typeof isLiteral>[0]): boolean {
  return isLiteral(setting) && /^public-read(?:-write)?$/.test(String(setting.value));
}

/** `aws s3 cp … --acl public-read`, `gsutil iam ch allUsers:…`, `chmod -R 777 checkpoints`. */
function openedByCommand({ words, at }: RunCommand): Opening[] {
  const [program = '', ...rest] = words;
  const line = rest.join(' ');
  if (/(?:^|\/)aws$/.test(program) && /--acl[ =]public-read/.test(line))
    return [{ at, key: 'acl', severity: 'error', message: WORLD }];
  if (/(?:^|\/)g(?:sutil|cloud)$/.test(program) && /\ballUsers\b|-a public-read|acl set public-read/i.test(line))
    return [{ at, key: 'acl', severity: 'error', message: WORLD }];
  if (/(?:^|\/)chmod$/.test(program) && OPENS.test(line) && WEIGHTS.test(line))
    return [{ at, key: 'chmod', severity: 'warning', message: MACHINE }];
  return [];
}

const OPENS = /(?:^|\s)(?:0?777|a\+rwx|ugo\+rwx)(?:\s|$)/;
/** Scripts are made executable for all every day; what matters are folders of weights. */
const WEIGHTS = /check_?points?|ckpts?|models?|outputs?|weights|saves?\b/i;

function judgeSilence(run: TrainingRun): PlaceVerdict {
  return run.callsOpen === null ? met(run.at) : unknown(run.callsOpen);
}

function faultOf({ at, key, severity, message }: Opening): PlaceVerdict {
  return violated({ severity, at, key, value: key, message });
}
