import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { directUploads, publishedAt, trainerUpload } from '../../model-artifact-access/publishing.js';

/** A model that is published comes with a card. */
export const noModelCard = defineRule({
  id: 'privacy-recordkeeping/no-model-card',
  title: 'A model is published without a card',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run publishes nothing'),
});

const CARDS = /(?:^|\.)(?:create_model_card|ModelCard|ModelCardData|metadata_update|metadata_save)$|\.ModelCard\.\w+$/;

function judgeRun(run: TrainingRun): PlaceVerdict {
  const at = publishedAt(run);
  const trainer = trainerUpload(run);
  if (at === null)
    return trainer.state === 'unknown' ? unknown(trainer.reason) : notApplicable('the run publishes nothing');
  const card = run.calls.find(({ name }) => CARDS.test(name));
  if (card !== undefined) return met(card.at);
  // The Trainer, and so every stack that uploads with it, writes a card with the data, the base and the numbers.
  if (trainer.state === 'on' || run.stack === 'axolotl') return met(at);
  const [upload] = directUploads(run);
  if (upload === undefined || run.callsOpen !== null) return unknown(run.callsOpen ?? 'how it is uploaded is not seen');
  return missing({
    severity: 'notice',
    at: upload.at,
    key: 'model_card',
    message: `${upload.label} leaves a card without licence, data and intended use. Fill a \`ModelCard\`, or upload with the trainer, which writes down data, base and numbers.`,
  });
}
