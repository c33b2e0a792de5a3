import { defineRule } from '../../../src/model/rule.js';
import type { SecretPlace } from '../../../src/model/run.js';
import { met, overPlaces, type PlaceVerdict, violated } from '../../../src/model/verdict.js';

/** No token stands in what a run reaches. */
export const secretInSource = defineRule({
  id: 'model-artifact-access/secret-in-source',
  title: 'A token is written out in the sources',
  severity: 'error',
  judge: (run) => overPlaces(run.secrets.length === 0 ? [met(run.at)] : run.secrets.map(faultOf), 'nothing was read'),
});

function faultOf({ vendor, at }: SecretPlace): PlaceVerdict {
  const what = vendor === null ? 'A secret' : `${/^[AO]/.test(vendor) ? 'An' : 'A'} ${vendor} token`;
  return violated({
    severity: 'error',
    at,
    key: 'secret',
    value: vendor ?? 'named',
    message: `${what} is written out here, for everybody who can read the repository or its history. Revoke it, and read the new one from the environment.`,
  });
}
