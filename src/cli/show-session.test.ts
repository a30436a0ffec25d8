import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { SlotBoard } from '../engine/board.ts';
import type { Engine } from '../engine/engine.ts';
import { readLedger } from '../record/reader.ts';
import type { Session } from '../session.ts';
import { createTemporaryLab } from './fixtures/temporary-lab.ts';
import { showSession } from './show-session.ts';

test('a ledger that cannot be read on ends the view with a note, and not the engine', async () => {
  using lab = createTemporaryLab(4);
  const folder = await lab.writeStudy({ experiments: 2 });
  const reading = readLedger(folder.ledger);
  if (reading.kind !== 'open') throw new Error('the ledger cannot be read');
  using reader = reading.reader;
  const notices = new Set(['known before']);
  const session = sessionOn({ folder, ledger: reader as unknown as Engine['ledger'], notices });
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
  try {
    using shown = showSession(session, 'labs/gpt', false);
    expect(printed).toBe('note: known before\n');
    using database = new DatabaseSync(folder.ledger);
    database.exec("INSERT INTO entries (sequence, bytes, digest) VALUES (99999, x'00', 'none')");
    while (notices.size === 1) await sleep(20);
    shown.finish('stopped, as asked');
    expect(printed).toMatch(
      /note: the view of this run ended early: .+ledger.+damaged.+\nstopped, as asked\n/,
    );
    expect(printed.match(/known before/g)).toHaveLength(1);
  } finally {
    write.mockRestore();
  }
});

/** What a view looks at of an engine. */
function sessionOn(engine: Partial<Engine>): Session {
  const watched = {
    board: new SlotBoard(1),
    limits: [],
    start: { judged: 0, at: 0 },
    now: Date.now,
    ...engine,
  };
  const program = { limits: [] } as unknown as Engine['program'];
  return { engine: { ...watched, program, course: () => 'running' } } as unknown as Session;
}
