import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { directUploads, trainerUpload } from '../publishing.js';

/** Before a run is paid for, somebody asks whether its model may be uploaded. */
export const accessNotChecked = defineRule({
  id: 'model-artifact-access/access-not-checked',
  title: 'Nothing asks whether the upload is allowed',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run uploads nothing'),
});

const CHECKS = /(?:^|\.)(?:auth_check|whoami|repo_exists|get_repo_access)$|^os\.umask$/;

function judgeRun(run: TrainingRun): PlaceVerdict {
  const check = run.calls.find(({ name }) => CHECKS.test(name));
  if (check !== undefined) return met(check.at);
  const [call] = directUploads(run);
  if (run.settings.extend?.kind === 'key') return notApplicable('a file has no way to ask');
  const upload = trainerUpload(run);
  const at = call?.at ?? (upload.state === 'on' ? upload.at : null);
  if (at === null)
    return upload.state === 'unknown' ? unknown(upload.reason) : notApplicable('the run uploads nothing');
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return missing({
    severity: 'notice',
    at,
    key: 'auth_check',
    message:
      'Whether this account may write there is found out when training is over. Ask first, with `whoami()`, or with `auth_check(repo, write=True)` where the repository is there already.',
  });
}
