import { useEffect, useState } from 'preact/hooks';

const heightNow = () =>
  innerWidth < 640 ? 260 : Math.min(460, Math.max(300, Math.round(innerHeight * 0.42)));

/** How tall the chart is, so that what matters is on the first screen. */
export function useHeight(): number {
  const [height, set] = useState(heightNow);
  useEffect(() => {
    const onResize = () => set(heightNow());
    addEventListener('resize', onResize);
    return () => removeEventListener('resize', onResize);
  }, []);
  return height;
}
