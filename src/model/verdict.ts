import type { Fix } from './fix.js';
import type { Location } from './location.js';

/** How much a finding matters: a lead would block, would comment, would mention it in a summary. */
export type Severity = 'error' | 'warning' | 'notice';
/** How sure we are. Only `high` earns an inline comment. */
export type Confidence = 'high' | 'medium' | 'low';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'notice'];

/**
 * What a rule says of a run. `share` is the part of the places the rule looked at that is as it should be, from 0
 * to 1; places that could not be read do not count. `unknown` and `not-applicable` neither raise nor lower a score.
 */
export type Verdict =
  | { readonly state: 'met'; readonly share: number; readonly evidence: readonly Location[] }
  | {
      readonly state: 'missing' | 'violated';
      readonly share: number;
      readonly evidence: readonly Location[];
      /** At least one. */
      readonly faults: readonly Fault[];
    }
  | { readonly state: 'unknown'; readonly reason: string }
  | NotApplicable;

/** `lost` is told where the run met the rule on the base: what nobody asks for may still be missed once it is taken away. */
export interface NotApplicable {
  readonly state: 'not-applicable';
  readonly reason: string;
  readonly lost?: Fault;
}

/** What a rule says of one of the places it looks at. */
export type PlaceVerdict =
  /** `credit` is 1 for what is as it should be and less for what is half right, such as a tag in place of a commit. */
  | { readonly state: 'met'; readonly credit: number; readonly at: Location }
  | { readonly state: 'missing' | 'violated'; readonly fault: Fault }
  | { readonly state: 'unknown'; readonly reason: string }
  | NotApplicable;

/** One place that is not as it should be: a finding before it is compared with the base. */
export interface Fault {
  readonly severity: Severity;
  /** How much it matters where the run had it before: what is taken away weighs more than what never was. */
  readonly severityWhenLost?: Severity;
  readonly confidence: Confidence;
  /** The bad value, or for what is missing the call, key or command that lacks it. */
  readonly at: Location;
  /** The places the value came through, for a comment that must stand where the change is. */
  readonly chain: readonly Location[];
  /**
   * Which setting this is about, without position: a key path (`model.revision`) or a syntax anchor
   * (`AutoModel.from_pretrained(revision)`). Part of the finding's identity.
   */
  readonly key: string;
  /** The offending value in normal form, part of the identity too; null for what is missing. */
  readonly value: string | null;
  /**
   * What several places of one file may be about, such as the hub repository whose commit nobody names: told once a file.
   * Left out where every place is a fault of its own.
   */
  readonly subject?: string;
  /** What is wrong and what to do, for the author: two sentences at most, with the value it saw. */
  readonly message: string;
  /** Why the edit differs from the quoted minimal fix, in one sentence; null where it does not. */
  readonly deviation: string | null;
  readonly fix: Fix | null;
}

export function met(at: Location, credit = 1): PlaceVerdict {
  return { state: 'met', credit, at };
}

export function missing(fault: FaultInput): PlaceVerdict {
  return { state: 'missing', fault: completeFault(fault) };
}

export function violated(fault: FaultInput): PlaceVerdict {
  return { state: 'violated', fault: completeFault(fault) };
}

export function unknown(reason: string): { readonly state: 'unknown'; readonly reason: string } {
  return { state: 'unknown', reason };
}

export function notApplicable(reason: string, lost?: FaultInput): NotApplicable {
  return { state: 'not-applicable', reason, ...(lost === undefined ? {} : { lost: completeFault(lost) }) };
}

/** A fault as a rule writes it: what is usual may be left out. */
export type FaultInput = Pick<Fault, 'severity' | 'at' | 'key' | 'message'> & Partial<Fault>;

/**
 * One verdict for all the places a rule looked at. One violated place makes the verdict `violated`, else one
 * missing place makes it `missing`; the share tells how many of the known places are met.
 */
export function overPlaces(places: readonly PlaceVerdict[], reasonIfNone: string): Verdict {
  const known = places.filter((place) => place.state !== 'unknown' && place.state !== 'not-applicable');
  if (known.length === 0) {
    const open = places.find((place) => place.state === 'unknown');
    if (open !== undefined) return unknown(open.reason);
    const other = places.find((place) => place.state === 'not-applicable');
    return other ?? notApplicable(reasonIfNone);
  }
  const evidence = known.flatMap((place) => (place.state === 'met' ? [place.at] : []));
  const faults = known.flatMap((place) => (place.state === 'met' ? [] : [place.fault]));
  const share = known.reduce((sum, place) => sum + (place.state === 'met' ? place.credit : 0), 0) / known.length;
  if (faults.length === 0) return { state: 'met', share, evidence };
  const state = known.some((place) => place.state === 'violated') ? 'violated' : 'missing';
  return { state, share, evidence, faults };
}

function completeFault(input: FaultInput): Fault {
  return { confidence: 'high', chain: [], value: null, deviation: null, fix: null, ...input };
}
