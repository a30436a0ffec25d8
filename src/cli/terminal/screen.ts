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

/**
 * Draws what `read` returns, four times a second and whenever the window changes its size. Where that fails the screen
 * closes and hands the fault on, once: a view that cannot be drawn must not end what it shows.
 */
export function openScreen(
  stream: WriteStream,
  colour: boolean,
  read: () => LiveView,
  onFault: (cause: unknown) => void,
): Screen {
  const log = createLogUpdate(stream);
  let open = true;
  const draw = () => {
    // A terminal that takes nothing (a stalled connection) must not make the engine remember frames for it.
    if (stream.writableNeedDrain) return;
    const columns = stream.columns || FALLBACK_SIZE.columns;
    const rows = stream.rows || FALLBACK_SIZE.rows;
    // The cursor rests on the line below the frame.
    log(renderFrame(read(), { columns, rows: rows - 1 }, colour).join('\n'));
  };
  const attempt = () => {
    try {
      draw();
    } catch (cause) {
      close();
      onFault(cause);
    }
  };
  const timer = setInterval(attempt, FRAME_INTERVAL);
  timer.unref();
  stream.on('resize', attempt);
  const close = () => {
    if (!open) return;
    open = false;
    clearInterval(timer);
    stream.off('resize', attempt);
    log.clear();
    log.done();
  };
  attempt();
  return { close, [Symbol.dispose]: close };
}
