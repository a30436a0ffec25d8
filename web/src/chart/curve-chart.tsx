import type { WireCurve } from '../../../src/serve/page/wire.ts';

interface Line {
  readonly curve: WireCurve;
  readonly kind: 'own' | 'reference';
}

const WIDTH = 160;
const HEIGHT = 48;

/** Small curves over a trial's progress, without axes: one against another at a glance. */
export function CurveChart({ lines }: { readonly lines: readonly Line[] }) {
  const values = lines.flatMap(({ curve }) => curve.map(([, value]) => value)).sort((a, b) => a - b);
  // The first steps of a training would flatten all that follows.
  const low = values[0] ?? 0;
  const high = values[Math.floor(values.length * 0.9)] ?? 1;
  const height = high - low || 1;
  const path = ({ curve }: Line) =>
    curve
      .map(([progress, value]) => {
        const x = (progress * WIDTH).toFixed(1);
        const y = (HEIGHT - 2 - (Math.min(high, value) - low) * ((HEIGHT - 4) / height)).toFixed(1);
        return `${x},${y}`;
      })
      .join(' ');
  return (
    <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {lines.map((line) => (
        <polyline key={line.kind} class={line.kind} points={path(line)} />
      ))}
    </svg>
  );
}
