import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { sampleState } from '../fixtures/sample-study.ts';
import { openScreen } from './screen.ts';
import type { LiveView } from './view.ts';

const state = sampleState({ experiments: 5 });
const view: LiveView = {
  lab: 'labs/gpt',
  state,
  slots: [],
  budget: [],
  phase: 'running',
  seat: 'engine',
  now: state.lastEventAt,
};

/** A terminal of a given size, as far as anybody can tell from its stream. */
function terminal(highWaterMark: number) {
  const stream = Object.assign(new PassThrough({ highWaterMark }), { isTTY: true, columns: 60, rows: 14 });
  return stream as unknown as WriteStream & PassThrough;
}

function fail(cause: unknown): never {
  throw cause;
}

test('a view that cannot be drawn closes the screen, and hands the fault on once', () => {
  const stream = terminal(1e6);
  const fault = new Error('no such view');
  const faults: unknown[] = [];
  let views = 0;
  const read = () => {
    views += 1;
    if (views > 1) throw fault;
    return view;
  };
  const screen = openScreen(stream, false, read, (cause) => faults.push(cause));
  for (let index = 0; index < 3; index += 1) stream.emit('resize');
  expect(faults).toEqual([fault]);
  expect(stream.listenerCount('resize')).toBe(0);
  screen.close();
});

test('a screen draws at once and when the window changes, and leaves the cursor visible and the frame cleared', () => {
  const stream = terminal(1e6);
  const screen = openScreen(stream, false, () => view, fail);
  expect(String(stream.read())).toContain('ratchet labs/gpt');
  Object.assign(stream, { columns: 100 }).emit('resize');
  expect(String(stream.read())).toContain('20261121-220000-abcd');
  screen.close();
  const end = String(stream.read());
  expect(end).toContain('\u001b[2K');
  expect(end).not.toContain('ratchet labs/gpt');
  expect(stream.listenerCount('resize')).toBe(0);
});

test('a terminal that takes nothing gets no further frames', () => {
  const stream = terminal(1);
  using _ = openScreen(stream, false, () => view, fail);
  const waiting = stream.readableLength + stream.writableLength;
  for (let index = 0; index < 50; index += 1) stream.emit('resize');
  expect(stream.readableLength + stream.writableLength).toBe(waiting);
});
