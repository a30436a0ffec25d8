import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { SlotBoard } from '../engine/board.ts';
import type { Engine } from '../engine/engine.ts';
import { NOTHING_SPENT } from '../model/spending.ts';
import { openLedger } from '../record/ledger.ts';
import { readLedger } from '../record/reader.ts';
import type { Session } from '../session.ts';
import { createTemporaryLab } from './fixtures/temporary-lab.ts';
import { showSession } from './show-session.ts';

const SHOW = { lab: 'labs/gpt', colour: false, page: () => undefined, lines: Number.POSITIVE_INFINITY };

test('a ledger that cannot be read on ends the view with a note, and not the engine', async () => {
  using lab = createTemporaryLab(4);
  const folder = await lab.writeStudy({ experiments: 2 });
  const reading = readLedger(folder.ledger);
  if (reading.kind !== 'open') throw new Error('the ledger cannot be read');
  using reader = reading.reader;
  const notices = new Set(['known before']);
  const session = sessionOn({ folder, ledger: reader as unknown as Engine['ledger'], notices });
  using output = captureOutput();
  {
    using shown = showSession(session, SHOW);
    expect(output.text).toBe('note: known before\n');
    using database = new DatabaseSync(folder.ledger);
    database.exec("INSERT INTO entries (sequence, bytes, digest) VALUES (99999, x'00', 'none')");
    while (notices.size === 1) await sleep(20);
    shown.finish('stopped, as asked');
    expect(output.text).toMatch(
      /note: the view of this run ended early: .+ledger.+damaged.+\nstopped, as asked\n/,
    );
    expect(output.text.match(/known before/g)).toHaveLength(1);
  }
});

test('lines that nobody watches end at their bound, and say where the others are', async () => {
  using lab = createTemporaryLab(4);
  const folder = await lab.writeStudy({ experiments: 2 });
  const opening = openLedger(folder.ledger, { author: 'test', now: Date.now });
  if (opening.kind !== 'open') throw new Error('the ledger cannot be opened');
  await using ledger = opening.ledger;
  using output = captureOutput();
  using shown = showSession(sessionOn({ folder, ledger, notices: new Set() }), {
    ...SHOW,
    page: () => undefined,
    lines: 4,
  });
  for (let start = 1; start <= 6; start += 1) {
    const { engine } = ledger.state;
    if (engine === undefined) throw new Error('no engine has worked on the study');
    await ledger.append([engine, { kind: 'engine-stop', reason: 'test' }]);
  }
  shown.finish('stopped, as asked');
  const lines = output.text.split('\n');
  expect(lines.filter((line) => /^\d\d:\d\d:\d\d /.test(line))).toHaveLength(4);
  expect(lines.slice(4, 6)).toEqual(['4 lines are enough: "ratchet log" has them all', 'stopped, as asked']);
});

function captureOutput(): Disposable & { readonly text: string } {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    text += part;
    return true;
  });
  return {
    get text() {
      return text;
    },
    [Symbol.dispose]: () => write.mockRestore(),
  };
}

/** What a view looks at of an engine. */
function sessionOn(engine: Partial<Engine>): Session {
  const watched = {
    board: new SlotBoard(1),
    limits: [],
    start: { judged: 0, activeSeconds: 0, spent: NOTHING_SPENT, paidProposals: 0 },
    now: Date.now,
    ...engine,
  };
  const program = { limits: [] } as unknown as Engine['program'];
  return { engine: { ...watched, program, course: () => 'running' } } as unknown as Session;
}
