import { readMarker } from '../../src/presentation/github/marker.js';
import type { RecordedRequest } from '../github/stand-in/faults.js';
import { freshComments, type SeenComment, type Step } from './step.js';

/** The bounds on requests hold for so many changed files. */
const FILES = 50;
const WEBHOOK_MILLISECONDS = 1_000;

/** What does not hold after a step, in words; empty where all is well. */
export function faultsOf(step: Step): readonly string[] {
  return [
    ...checkFaults(step),
    ...commentFaults(step),
    ...requestFaults(step),
    ...webhookFaults(step),
    ...step.warnings.map((line) => `the App warns: ${line}`),
  ];
}

function checkFaults({ name, checks }: Step): string[] {
  // A default branch that trains nothing has none.
  if (name === 'base moved' && checks.length === 0) return [];
  const states = checks.map(({ status, conclusion }) => `${status} ${conclusion}`);
  // GitHub shows the newest one of a name.
  const isWell = checks.length > 0 && checks.every(({ status }) => status === 'completed');
  const most = name === 'asked again' ? 2 : 1;
  return isWell && checks.length <= most
    ? []
    : [`not one completed check run on the head: ${states.join(', ') || 'none'}`];
}

function commentFaults(step: Step): string[] {
  const ours = step.after.filter(isThread);
  const told = ours.filter(({ body }) => readMarker(body)?.mended === false).flatMap(fingerprintsOf);
  const knownBefore = new Set(step.before.filter(isThread).flatMap(fingerprintsOf));
  const fresh = freshComments(step);
  return [
    ...repeated(told).map((finding) => `two comments tell of ${finding}`),
    ...repeated(ours.flatMap(placeOf)).map((place) => `two comments stand on ${place}`),
    ...fresh.flatMap(fingerprintsOf).flatMap((finding) => (knownBefore.has(finding) ? [`told again: ${finding}`] : [])),
    ...fresh.flatMap(({ path, line }) => (line === null ? [`a comment on no line of ${path}`] : [])),
  ];
}

function isThread({ isOurs, inReplyTo }: SeenComment): boolean {
  return isOurs && inReplyTo === null;
}

function fingerprintsOf({ body }: SeenComment): readonly string[] {
  return readMarker(body)?.fingerprints ?? [];
}

function placeOf({ path, side, startLine, line }: SeenComment): string[] {
  return line === null ? [] : [`${path}:${side}:${startLine ?? line}-${line}`];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

function requestFaults(step: Step): string[] {
  const refused = step.requests.filter(({ status }) => status >= 400 || status === 0);
  const most = allowedRequests(step);
  const events = step.requests.filter(isReview).map(({ body }) => (body as { readonly event?: string }).event);
  return [
    ...refused.map(({ operation, status }) => `${operation} was answered with ${status}`),
    ...(step.changedFiles <= FILES && step.requests.length > most
      ? [`${step.requests.length} requests; at most ${most}`]
      : []),
    ...events.filter((event) => event !== 'COMMENT').map((event) => `a review says ${event}`),
  ];
}

function isReview({ operation }: RecordedRequest): boolean {
  return operation === 'pulls/create-review' || operation === 'pulls/submit-review';
}

/** The bound of a step, and one more for each comment edited or deleted, further page, blob batch and fifty annotations. */
export function allowedRequests({ bound, requests }: Step): number {
  const onComments = requests.filter(({ operation }) => /^pulls\/(?:update|delete)-review-comment$/.test(operation));
  const pages = requests.filter(
    ({ path, body }) => /[?&]page=(?!1\b)/.test(path) || /"after":"/.test(JSON.stringify(body)),
  );
  const blobs = requests.filter(({ operation, body }) => operation === 'git/get-blob' || isBlobQuery(operation, body));
  const annotations = requests.filter(({ operation, body }) => {
    return operation === 'checks/update' && (body as { readonly status?: string } | undefined)?.status === undefined;
  });
  return bound + onComments.length + pages.length + Math.max(0, blobs.length - 1) + annotations.length;
}

function isBlobQuery(operation: string, body: unknown): boolean {
  return operation === 'graphql' && JSON.stringify(body).includes('... on Blob');
}

function webhookFaults({ webhook }: Step): string[] {
  const { status, milliseconds } = webhook;
  return [
    ...(status >= 200 && status < 300 ? [] : [`the webhook was answered with ${status}`]),
    ...(milliseconds < WEBHOOK_MILLISECONDS ? [] : [`the webhook was answered after ${Math.round(milliseconds)} ms`]),
  ];
}
