import { defineRule, type JudgeOptions } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { protectionOf } from '../protection.js';

/** Differential privacy protects where it is set up, and is set up where it is required. */
export const privacyNotInForce = defineRule({
  id: 'privacy-recordkeeping/privacy-not-in-force',
  title: 'Differential privacy is not in force',
  severity: 'notice',
  judge: (run, options) => overPlaces([judgeRun(run, options)], 'nothing asks for differential privacy'),
});

function judgeRun(run: TrainingRun, { privacyRequired }: JudgeOptions): PlaceVerdict {
  const protection = protectionOf(run);
  const severity = privacyRequired ? 'error' : 'notice';
  switch (protection.state) {
    case 'in-force':
      return met(protection.at);
    case 'unknown':
      return unknown(protection.reason);
    case 'none':
      return privacyRequired
        ? missing({
            severity,
            at: run.at,
            key: 'privacy',
            message:
              'The data of this repository is declared personal, and nothing here protects it: a model repeats what it has seen once. Train with Opacus or dp-transformers, and log the budget.',
          })
        : notApplicable('nothing asks for differential privacy');
    case 'unused':
      return violated({
        severity,
        at: protection.at,
        key: 'PrivacyEngine',
        value: 'unused',
        message:
          'A `PrivacyEngine` is made here and the model is never put under it, so that training is not private. Call `make_private`, and train with what it gives back.',
      });
    case 'disabled': {
      const { at, chain, key, value } = protection;
      return violated({
        severity,
        at,
        chain,
        key,
        value,
        message: `\`${key}=${value}\` adds no noise, so that training is not private, whatever the rest of the code looks like. Ask for a budget with \`target_epsilon\`, or drop the engine.`,
      });
    }
  }
}
