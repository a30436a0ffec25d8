import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** The part of a long list that is on the screen, with some rows around it. */
export interface Window {
  readonly first: number;
  readonly count: number;
}

/** Rows above and below that are drawn ahead. */
const AHEAD = 12;

/** Follows how far an element that scrolls by itself is scrolled. */
export function useWindow(element: RefObject<HTMLElement | null>, rowHeight: number, total: number): Window {
  const [at, set] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const scroller = element.current;
    if (scroller === null) return;
    let frame = 0;
    const read = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => set({ top: scroller.scrollTop, height: scroller.clientHeight }));
    };
    const observer = new ResizeObserver(read);
    observer.observe(scroller);
    scroller.addEventListener('scroll', read, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      scroller.removeEventListener('scroll', read);
    };
  }, [element]);
  const first = Math.max(0, Math.floor(at.top / rowHeight) - AHEAD);
  const count = Math.ceil(at.height / rowHeight) + 2 * AHEAD;
  return { first, count: Math.max(0, Math.min(total - first, count)) };
}
