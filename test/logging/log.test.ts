import { describe, expect, it } from '@jest/globals';
import { createLog, type Logger } from '../../src/logging/log.js';

const SECRETS = ['a-webhook-secret', '-----BEGIN KEY-----\nline one\n-----END KEY-----'];
const TOKEN = `ghs_${'a1B2'.repeat(9)}`;

/** What a log writes while something is done with it. */
function written(use: (log: Logger) => void): string {
  const lines: string[] = [];
  use(createLog({ level: 'debug', secrets: SECRETS, stream: { write: (line) => void lines.push(line) } }));
  return lines.join('');
}

describe('a line of the log', () => {
  it('has fixed words, and their particulars as fields', () => {
    const line = written((log) => log.child({ delivery: 'd-1' }).info({ repository: 'acme/tuning' }, 'job begins'));
    const { time, ...rest } = JSON.parse(line);
    expect(rest).toEqual({ level: 'info', delivery: 'd-1', repository: 'acme/tuning', msg: 'job begins' });
    expect(Number.isNaN(Date.parse(time))).toBe(false);
  });

  it.each<[string, (log: Logger) => void]>([
    ['the payload of a webhook', (log) => log.error({ payload: { body: 'SOURCE' } }, 'failed')],
    ['the payload of an event', (log) => log.error({ event: { id: 1, payload: 'SOURCE' } }, 'failed')],
    ['the body of a request', (log) => log.debug({ request: { body: 'SOURCE' } }, 'sent')],
    ['the words of an error', (log) => log.error({ err: new SyntaxError('"SOURCE" is not JSON') }, 'failed')],
    ['the words of an error that stands alone', (log) => log.error(new SyntaxError('"SOURCE" is not JSON'))],
    ['the words of a cause', (log) => log.error({ err: new Error('x', { cause: new Error('SOURCE') }) }, 'failed')],
    ['the words of one of several', (log) => log.error({ err: new AggregateError([new Error('SOURCE')]) }, 'failed')],
    ['fields of an error', (log) => log.error({ err: Object.assign(new Error('x'), { event: 'SOURCE' }) }, 'failed')],
    ['a thrown text', (log) => log.error({ err: 'SOURCE' }, 'failed')],
  ])('leaves out %s', (_, use) => {
    const line = written(use);
    expect(line).toContain('"level"');
    expect(line).not.toContain('SOURCE');
  });

  it.each<[string, string]>([
    ['the webhook secret', 'a-webhook-secret'],
    ['a private key', '-----BEGIN KEY-----\nline one\n-----END KEY-----'],
    ['a token of an installation', TOKEN],
  ])('masks %s wherever it stands', (_, secret) => {
    const line = written((log) => log.info({ [`of ${secret}`]: [`see ${secret}`] }, `with ${secret}`));
    expect(line).not.toContain(secret);
    expect(line).not.toContain(JSON.stringify(secret).slice(1, -1));
    expect(() => JSON.parse(line)).not.toThrow();
  });

  it('tells of an error what it was, where, and its words where they are fixed', () => {
    const error = Object.assign(new Error('the folder is full'), { code: 'ENOSPC', status: 507 });
    const { err } = JSON.parse(written((log) => log.error({ err: error }, 'failed')));
    expect(err).toMatchObject({ type: 'Error', code: 'ENOSPC', status: 507, message: 'the folder is full' });
    expect(err.at[0]).toContain('log.test.ts');
  });
});
