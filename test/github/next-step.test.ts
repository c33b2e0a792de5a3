import { describe, expect, it } from '@jest/globals';
import { type NextStep, nextStep, type Sent } from '../../src/github/next-step.js';
import { DEFAULT_PACING } from '../../src/github/pacing.js';

const NOW = 1_800_000_000_000;
const SOON = String(NOW / 1_000 + 90);

function answered(status: number, headers: Record<string, string> = {}, body = ''): Sent {
  return { state: 'answered', status, headers: new Headers(headers), body };
}

const LOST: Sent = { state: 'lost' };
const USED_UP = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': SOON };
const SECONDARY = '{"message":"You have exceeded a secondary rate limit."}';
const DONE: NextStep = { state: 'done' };

function step(sent: Sent, given: { tried?: number; repeatable?: boolean } = {}): NextStep {
  return nextStep(sent, { tried: 1, repeatable: true, now: NOW, ...given }, DEFAULT_PACING);
}

describe('after a request', () => {
  it.each<[string, Sent, NextStep]>([
    ['an answer stands', answered(200), DONE],
    ['a refusal stands', answered(422), DONE],
    ['what is not there stands', answered(404), DONE],
    ['a missing permission stands', answered(403, {}, '{"message":"Resource not accessible by integration"}'), DONE],
    ['a missing permission stands, whatever budget is left', answered(403, { 'x-ratelimit-remaining': '17' }), DONE],
    ['no answer is tried again', LOST, { state: 'again', after: 1_000 }],
    ['a fault of the host is tried again', answered(502), { state: 'again', after: 1_000 }],
    [
      'a host that says when is tried again then',
      answered(503, { 'retry-after': '7' }),
      { state: 'again', after: 7_000 },
    ],
    ['a host that says much later is left alone', answered(503, { 'retry-after': '3600' }), DONE],
    ['too many requests are a limit', answered(429), { state: 'limited', wait: 60_000, again: true }],
    [
      'a limit is obeyed for as long as it says',
      answered(429, { 'retry-after': '12' }),
      { state: 'limited', wait: 12_000, again: true },
    ],
    [
      'a refusal that says how long to wait is a limit',
      answered(403, { 'retry-after': '12' }),
      { state: 'limited', wait: 12_000, again: true },
    ],
    [
      'a budget that is used up is a limit until it is full again',
      answered(403, USED_UP),
      { state: 'limited', wait: 91_000, again: true },
    ],
    [
      'how long to wait counts for more than the budget',
      answered(429, { ...USED_UP, 'retry-after': '5' }),
      { state: 'limited', wait: 5_000, again: true },
    ],
    [
      'a secondary limit without a time is a minute',
      answered(403, { 'x-ratelimit-remaining': '17' }, SECONDARY),
      { state: 'limited', wait: 60_000, again: true },
    ],
    [
      'a limit of GraphQL comes with an answer that went well',
      answered(200, USED_UP, '{"errors":[{"type":"RATE_LIMITED"}]}'),
      { state: 'limited', wait: 91_000, again: true },
    ],
    ['a text that holds its word is none', answered(200, {}, '{"data":{"text":"\\"RATE_LIMITED\\""}}'), DONE],
    [
      'a budget that was full again before is waited for a moment',
      answered(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' }),
      { state: 'limited', wait: 1_000, again: true },
    ],
  ])('%s', (_, sent, expected) => {
    expect(step(sent)).toEqual(expected);
  });

  it('waits grow, up to the last of four tries', () => {
    const waits = [1, 2, 3, 4].map((tried) => step(answered(502), { tried }));
    expect(waits).toEqual([1_000, 2_000, 4_000].map((after) => ({ state: 'again', after })).concat([DONE as never]));
    const limits = [1, 2, 3, 4].map((tried) => step(answered(429), { tried }));
    expect(limits).toEqual(
      [60_000, 120_000, 240_000, 480_000].map((wait, at) => ({ state: 'limited', wait, again: at < 3 })),
    );
  });

  it('what may have taken effect is not sent again where twice is not as good as once', () => {
    expect(step(LOST, { repeatable: false })).toEqual(DONE);
    expect(step(answered(502), { repeatable: false })).toEqual(DONE);
    expect(step(answered(429), { repeatable: false })).toEqual({ state: 'limited', wait: 60_000, again: true });
  });
});
