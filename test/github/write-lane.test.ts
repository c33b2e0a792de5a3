import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PACING, type Pacing } from '../../src/github/pacing.js';
import { WriteLane } from '../../src/github/write-lane.js';
import { FakeTime } from './fake-time.js';

const NEVER = new AbortController().signal;

function laneWith(pacing: Partial<Pacing> = {}) {
  const time = new FakeTime(0);
  const lane = new WriteLane({ ...DEFAULT_PACING, ...pacing }, time);
  const begun: number[] = [];
  const write = (takes = 0, signal = NEVER) =>
    lane.run(signal, async () => {
      begun.push(time.now());
      await Promise.resolve();
      time.pass(takes);
    });
  return { time, begun, write };
}

describe('R51 the writes of an installation', () => {
  it('begin a second after the one before has ended, however many come at once', async () => {
    const { begun, write } = laneWith();
    await Promise.all([write(300), write(), write()]);
    expect(begun).toEqual([0, 1_300, 2_300]);
  });

  it('do not wait where there was a pause already', async () => {
    const { time, begun, write } = laneWith();
    await write();
    time.pass(5_000);
    await write();
    expect([begun, time.slept]).toEqual([[0, 5_000], []]);
  });

  it('are one at a time', async () => {
    const time = new FakeTime(0);
    const lane = new WriteLane(DEFAULT_PACING, time);
    const told: string[] = [];
    const write = (name: string) =>
      lane.run(NEVER, async () => {
        told.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        told.push(`${name} ends`);
      });
    await Promise.all([write('one'), write('two')]);
    expect(told).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('go on after one that fails', async () => {
    const lane = new WriteLane(DEFAULT_PACING, new FakeTime());
    await expect(lane.run(NEVER, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    expect(await lane.run(NEVER, async () => 'taken')).toBe('taken');
  });

  it('are never more in a minute than is allowed', async () => {
    const { begun, write } = laneWith({ writeSpacing: 0, writesPerMinute: 3 });
    for (let at = 0; at < 7; at += 1) await write(10);
    expect(begun).toEqual([0, 10, 20, 60_000, 60_010, 60_020, 120_000]);
  });

  it('are never more in an hour than is allowed, and say until when where that takes too long', async () => {
    const { time, write } = laneWith({ writeSpacing: 0, writesPerHour: 2, writesPerMinute: 100 });
    await write();
    await write();
    await expect(write()).rejects.toMatchObject({ code: 'rate-limited', retryAt: new Date(3_600_000) });
    time.pass(3_590_000);
    await write();
    expect(time.slept).toEqual([10_000]);
  });

  it('wait for no longer than whoever asks for one', async () => {
    const lane = new WriteLane(DEFAULT_PACING, new FakeTime());
    const asker = new AbortController();
    let finish = () => {};
    const first = lane.run(
      NEVER,
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    let begun = false;
    const second = lane.run(asker.signal, async () => {
      begun = true;
    });
    asker.abort(new Error('superseded'));
    await expect(second).rejects.toThrow('superseded');
    finish();
    await first;
    expect(await lane.run(NEVER, async () => begun)).toBe(false);
  });
});
