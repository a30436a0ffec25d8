import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Capture, MIN_OUTPUT_BYTES, TAIL_BYTES } from './capture.ts';
import { MAX_LINE_LENGTH } from './lines.ts';
import { run, scratchFolder } from './testing.ts';

function captureIn(file: string, maxBytes: number): { capture: Capture; lines: string[] } {
  const lines: string[] = [];
  const onFault = (cause: Error) => {
    throw cause;
  };
  return { capture: new Capture({ file, maxBytes, onLine: (_, line) => lines.push(line), onFault }), lines };
}

test('a gigabyte of output fills neither disk nor memory, and its end is kept', async () => {
  const maxBytes = 1024 * 1024;
  const file = join(scratchFolder(), 'output.log');
  let lines = 0;
  const { ending } = await run('yes | head -c 1000000000; echo the end; echo failed >&2', {
    output: { file, maxBytes },
    onLine: () => {
      lines += 1;
    },
  });
  if (ending.kind !== 'exited') throw new Error(`ended by ${ending.kind}`);
  const { bytes, droppedBytes, tail } = ending.output;
  expect(bytes).toBe(1_000_000_000 + 'the end\n'.length + 'failed\n'.length);
  expect(statSync(file).size).toBeLessThanOrEqual(maxBytes);
  expect(statSync(file).size).toBeGreaterThan(bytes - droppedBytes);
  expect(lines).toBeLessThan(maxBytes / 2);
  expect(tail.endsWith('y\nthe end\nfailed\n')).toBe(true);
  expect(tail.length).toBe(TAIL_BYTES);
  expect(readFileSync(file, 'utf8')).toContain(
    `[ratchet: ${droppedBytes} bytes of stdout were dropped here]`,
  );
});

test('noise on one stream cannot push the end of the other out of the file', async () => {
  const { ending, lines } = await run(
    'echo first error >&2; yes | head -c 3000000; echo val_bpb: 1.5; yes | head -c 3000000 >&2',
    { output: { file: join(scratchFolder(), 'output.log'), maxBytes: 0 } },
  );
  expect(ending.kind).toBe('exited');
  expect(lines).toContain('stdout: val_bpb: 1.5');
});

test('binary output is harmless, and kept as it came', async () => {
  const { ending, lines, file } = await run(
    'head -c 300000 /dev/urandom | tee kept; printf "\\nval_bpb: 2\\n"',
    {
      cwd: scratchFolder(),
    },
  );
  expect(ending).toMatchObject({ kind: 'exited', code: 0, output: { droppedBytes: 0 } });
  expect(statSync(file).size).toBe(300_000 + '\nval_bpb: 2\n'.length);
  expect(lines.at(-1)).toBe('stdout: val_bpb: 2');
});

test('a line without end is bounded', async () => {
  const { lines } = await run(`head -c 900000 /dev/zero | tr '\\0' x; echo; echo next`);
  expect(lines).toEqual([`stdout: ${'x'.repeat(MAX_LINE_LENGTH)}`, 'stdout: next']);
});

test('a last line without an end of line is a line', async () => {
  expect((await run('printf "val_bpb: 1"')).lines).toEqual(['stdout: val_bpb: 1']);
});

test('a line that the bound cuts in two is no line', () => {
  const { capture, lines } = captureIn(join(scratchFolder(), 'file'), MIN_OUTPUT_BYTES + 16);
  capture.write('stdout', Buffer.from('kept\nval_bpb: 1234567890\n'));
  capture.write('stdout', Buffer.from('y\n'.repeat(TAIL_BYTES)));
  capture.write('stdout', Buffer.from('val_bpb: 2\n'));
  capture.finish();
  expect(lines.filter((line) => line !== 'y')).toEqual(['kept', 'val_bpb: 2']);
});

test('whatever the chunks, the file keeps both ends within its bound and accounts for each byte', () => {
  const file = join(scratchFolder(), 'file');
  const sizes = fc.array(fc.integer({ min: 1, max: 50_000 }), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 60_000 }), (chunks, head) => {
      const { capture } = captureIn(file, MIN_OUTPUT_BYTES + head);
      const all = Buffer.concat(chunks.map((size, index) => Buffer.alloc(size, index + 1)));
      let at = 0;
      for (const size of chunks) {
        capture.write('stdout', all.subarray(at, at + size));
        at += size;
      }
      const summary = capture.finish();
      const kept = readFileSync(file);
      expect(summary.bytes).toBe(all.length);
      expect(kept.length).toBeLessThanOrEqual(MIN_OUTPUT_BYTES + head);
      if (summary.droppedBytes === 0) expect(kept.equals(all)).toBe(true);
      expect(kept.subarray(0, head).equals(all.subarray(0, head))).toBe(true);
      const end = Math.min(TAIL_BYTES, all.length);
      expect(kept.subarray(kept.length - end).equals(all.subarray(all.length - end))).toBe(true);
      expect(summary.droppedBytes).toBe(Math.max(0, all.length - head - TAIL_BYTES));
    }),
    { numRuns: 50 },
  );
});
