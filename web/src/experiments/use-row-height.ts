import { useEffect, useState } from 'preact/hooks';

const NARROW = matchMedia('(max-width: 640px)');
const heightNow = () => (NARROW.matches ? 72 : 34);

/** How tall each row is, in CSS pixels: on a narrow screen its parts stand below each other. The style sheet says the same. */
export function useRowHeight(): number {
  const [height, set] = useState(heightNow);
  useEffect(() => {
    const onChange = () => set(heightNow());
    NARROW.addEventListener('change', onChange);
    return () => NARROW.removeEventListener('change', onChange);
  }, []);
  return height;
}
