import { detectors } from '../../detectors/catalog.js';
import { type Detector, type DetectorDefinition, weighDetectors } from '../../src/model/rule.js';

/** The catalog's detectors of these ids. */
export function detectorsNamed(...ids: readonly string[]): readonly Detector[] {
  return ids.map((id) => {
    const found = detectors.find((it) => it.id === id);
    if (found === undefined) throw new RangeError(`there is no detector "${id}"`);
    return found;
  });
}

/** Detectors of a test, each rule with the weight that is given for it, else 1. */
export function weighed(
  definitions: readonly DetectorDefinition[],
  rules: Readonly<Record<string, number>> = {},
): readonly Detector[] {
  const ones = definitions.flatMap((detector) => detector.rules.map(({ id }) => [id, 1] as const));
  return weighDetectors(definitions, { rules: { ...Object.fromEntries(ones), ...rules }, metrics: {} });
}
