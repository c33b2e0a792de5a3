import { expect, it } from '@jest/globals';
import { registrationGaps } from '../../src/app/registration-gaps.js';

const NEEDS = { permissions: { checks: 'write', contents: 'read' }, events: ['pull_request', 'push'] } as const;

it.each<[string, Record<string, string>, string[], object[]]>([
  ['all is granted', { checks: 'write', contents: 'read' }, ['push', 'pull_request'], []],
  ['more is granted', { checks: 'write', contents: 'write', issues: 'read' }, ['push', 'pull_request', 'fork'], []],
  [
    'less is granted',
    { checks: 'read', contents: 'read' },
    ['push', 'pull_request'],
    [{ kind: 'permission', name: 'checks', needed: 'write', granted: 'read' }],
  ],
  [
    'nothing is granted',
    {},
    [],
    [
      { kind: 'permission', name: 'checks', needed: 'write', granted: null },
      { kind: 'permission', name: 'contents', needed: 'read', granted: null },
      { kind: 'event', name: 'pull_request' },
      { kind: 'event', name: 'push' },
    ],
  ],
])('R11 names each gap where %s', (_, permissions, events, gaps) => {
  expect(registrationGaps({ slug: 'tunelint', permissions, events }, NEEDS)).toEqual(gaps);
});
