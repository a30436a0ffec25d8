import { expect, test } from 'vitest';
import { answerPermission, permissionQuestion } from './policy.ts';

const PLACE = { folder: '/lab/work', own: ['/lab/temporary'], isHeld: true };
const OPTIONS = [
  { optionId: 'always', kind: 'allow_always' },
  { optionId: 'yes', kind: 'allow_once' },
  { optionId: 'no', kind: 'reject_once' },
];
const ask = (toolCall: object, place = PLACE, options: object[] = OPTIONS) =>
  answerPermission(permissionQuestion.parse({ toolCall, options }), place);
const YES = { outcome: 'selected', optionId: 'yes' };
const NO = { outcome: 'selected', optionId: 'no' };

test.each([
  ['an edit in the folder', { kind: 'edit', locations: [{ path: '/lab/work/a.ts' }] }],
  ['a relative path', { kind: 'read', rawInput: { file_path: 'deep/a.ts' } }],
  ['its temporary folder', { kind: 'edit', rawInput: { path: '/lab/temporary/x' } }],
  ['a command, which the sandbox holds', { kind: 'execute', rawInput: { command: 'ls /etc' } }],
  ['what has no kind', { rawInput: { note: '/etc/passwd' } }],
])('%s is allowed, for this once', (_, call) => {
  expect(ask(call)).toEqual(YES);
});

test.each([
  ['a path outside', { kind: 'edit', locations: [{ path: '/lab/work/a.ts' }, { path: '/lab/ledger' }] }],
  ['a way out', { kind: 'read', rawInput: { absPath: '/lab/work/../ledger' } }],
  ['a folder whose name begins alike', { kind: 'edit', locations: [{ path: '/lab/worker/a.ts' }] }],
  ['a difference of another file', { kind: 'edit', content: [{ type: 'diff', path: '/etc/passwd' }] }],
  ['a command that begins elsewhere', { kind: 'execute', rawInput: { command: 'ls', cwd: '/' } }],
  ['the network', { kind: 'fetch', rawInput: { url: 'http://example.org' } }],
  ['other rules', { kind: 'switch_mode' }],
])('%s is denied', (_, call) => {
  expect(ask(call)).toEqual(NO);
});

test('without a sandbox no command is allowed', () => {
  const place = { ...PLACE, isHeld: false };
  expect(ask({ kind: 'execute', rawInput: { command: 'ls' } }, place)).toEqual(NO);
  expect(ask({ kind: 'edit', rawInput: { path: 'a.ts' } }, place)).toEqual(YES);
});

test('who offers no way to say it is told that the question is dropped', () => {
  expect(ask({ kind: 'fetch' }, PLACE, [{ optionId: 'yes', kind: 'allow_once' }])).toEqual({
    outcome: 'cancelled',
  });
});
