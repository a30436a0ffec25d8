import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import { renderFrame } from './frame.ts';
import type { LiveView } from './view.ts';

/** Milliseconds between two frames: bars move smoothly, and drawing costs about half a percent of a core. */
const FRAME_INTERVAL = 250;

const FALLBACK_SIZE = { columns: 80, rows: 24 };

/** The live view on a terminal, redrawn in place until it is closed. */
export interface Screen extends Disposable {
  /** Leaves the last frame out and the cursor where it began: what is printed next takes its place. */
  close(): void;
}

/** Draws what `read` returns, four times a second and whenever the window changes its size. */
export function openScreen(stream: WriteStream, colour: boolean, read: () => LiveView): Screen {
  const log = createLogUpdate(stream);
  const draw = () => {
    // A terminal that takes nothing (a stalled connection) must not make the engine remember frames for it.
    if (stream.writableNeedDrain) return;
    const columns = stream.columns || FALLBACK_SIZE.columns;
    const rows = stream.rows || FALLBACK_SIZE.rows;
    // The cursor rests on the line below the frame.
    log(renderFrame(read(), { columns, rows: rows - 1 }, colour).join('\n'));
  };
  const timer = setInterval(draw, FRAME_INTERVAL);
  timer.unref();
  stream.on('resize', draw);
  draw();
  const close = () => {
    clearInterval(timer);
    stream.off('resize', draw);
    log.clear();
    log.done();
  };
  return { close, [Symbol.dispose]: close };
}
