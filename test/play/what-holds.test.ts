import { describe, expect, it } from '@jest/globals';
import { fingerprint } from '../../src/model/identifiers.js';
import { writeMarker } from '../../src/presentation/github/marker.js';
import type { RecordedRequest } from '../github/stand-in/faults.js';
import type { HostedCheck } from '../github/stand-in/world.js';
import { applySuggestions, type SeenComment, type Step, suggestionOf } from './step.js';
import { allowedRequests, faultsOf } from './what-holds.js';

function request(operation: string, given: Partial<RecordedRequest> = {}): RecordedRequest {
  return { method: 'GET', path: '/', operation, body: undefined, at: 0, milliseconds: 1, status: 200, ...given };
}

function comment(id: number, digit: string, given: Partial<SeenComment> = {}): SeenComment {
  const body = writeMarker({ fingerprints: [fingerprint(digit.repeat(16))], project: '', mended: false });
  const at = { path: 'train.py', side: 'RIGHT', line: id, startLine: null } as const;
  return { id, ...at, body, inReplyTo: null, resolved: false, edits: 0, isOurs: true, ...given };
}

const CHECK = { status: 'completed', conclusion: 'success' } as HostedCheck;

function step(given: Partial<Step> = {}): Step {
  return {
    name: 'pushed',
    bound: 7,
    changedFiles: 3,
    requests: [],
    webhook: { guid: 'g', status: 200, milliseconds: 20 },
    checkMilliseconds: 900,
    checks: [CHECK],
    before: [comment(1, 'a')],
    after: [comment(1, 'a'), comment(2, 'b')],
    warnings: [],
    ...given,
  };
}

const many = (count: number) => Array.from({ length: count }, () => request('git/get-tree'));

describe('a step of the play', () => {
  it('holds where all is well', () => {
    expect(faultsOf(step())).toEqual([]);
  });

  it.each<[string, Partial<Step>, RegExp]>([
    ['no check run', { checks: [] }, /not one completed check run/],
    ['a check run that is under way', { checks: [{ ...CHECK, status: 'in_progress' }] }, /in_progress/],
    ['another check run that nobody asked for', { checks: [CHECK, CHECK] }, /not one completed/],
    ['a finding that two comments tell of', { after: [comment(1, 'a'), comment(2, 'a')] }, /two comments tell of/],
    ['a finding that is told again', { after: [comment(2, 'a')] }, /told again/],
    ['two comments on one line', { after: [comment(1, 'a'), comment(2, 'b', { line: 1 })] }, /two comments stand on/],
    ['a new comment on no line', { after: [comment(2, 'b', { line: null })] }, /on no line/],
    ['a refused request', { requests: [request('checks/update', { status: 422 })] }, /answered with 422/],
    ['too many requests', { requests: many(8) }, /8 requests; at most 7/],
    ['an approval', { requests: [request('pulls/create-review', { body: { event: 'APPROVE' } })] }, /says APPROVE/],
    ['a webhook that waits', { webhook: { guid: 'g', status: 200, milliseconds: 1_200 } }, /after 1200 ms/],
    ['a webhook that is refused', { webhook: { guid: 'g', status: 500, milliseconds: 1 } }, /answered with 500/],
    ['a warning', { warnings: ['{"level":"warn"}'] }, /the App warns/],
  ])('does not hold with %s', (_, given, words) => {
    expect(faultsOf(step(given)).join('\n')).toMatch(words);
  });

  it('may take a request more for each comment edited or deleted, page, blob batch and fifty annotations', () => {
    const blobs = request('graphql', { body: { query: '{ b0: object(oid: $b0) { ... on Blob { oid } } }' } });
    const requests = [
      request('pulls/delete-review-comment'),
      request('pulls/update-review-comment'),
      request('pulls/list-files', { path: '/files?per_page=100&page=2' }),
      request('pulls/list-files', { path: '/files?per_page=100&page=1' }),
      blobs,
      blobs,
      request('checks/update', { body: { status: 'completed' } }),
      request('checks/update', { body: { output: {} } }),
    ];
    expect(allowedRequests(step({ requests }))).toBe(7 + 5);
  });
});

describe('a suggestion that is committed', () => {
  const suggesting = (text: string, given: Partial<SeenComment> = {}) =>
    suggestionOf(comment(2, 'a', { body: `words\n\n\`\`\`suggestion\n${text}\`\`\`\n`, ...given }));

  it.each<[string, Partial<SeenComment>, string, string]>([
    ['takes the place of its line', {}, 'two\n', 'a\ntwo\nc\n'],
    ['takes the place of several', { startLine: 1 }, 'both\n', 'both\nc\n'],
    ['deletes its line', {}, '', 'a\nc\n'],
  ])('%s', (_, given, text, expected) => {
    const suggestion = suggesting(text, given);
    expect(suggestion === null ? null : applySuggestions('a\nb\nc\n', [suggestion])).toBe(expected);
  });

  it('keeps the line ends of its file', () => {
    const suggestion = suggesting('two\n');
    expect(suggestion === null ? null : applySuggestions('a\r\nb\r\nc\r\n', [suggestion])).toBe('a\r\ntwo\r\nc\r\n');
  });

  it('is none on a removed line', () => {
    expect(suggesting('two\n', { side: 'LEFT' })).toBeNull();
  });
});
