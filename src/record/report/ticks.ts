/** Round numbers from `bottom` to `top`, about `count` of them. */
export function valueTicks(bottom: number, top: number, count: number): number[] {
  const rough = (top - bottom) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [bottom];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough)!;
  const first = Math.ceil(bottom / step);
  const last = Math.floor(top / step);
  // Counted in steps: adding a step up again and again would drift off the round numbers.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

const DURATIONS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, 86_400,
];

/** Round durations from 0 to `seconds`, about `count` of them; past days whole days. */
export function timeTicks(seconds: number, count: number): number[] {
  const rough = seconds / Math.max(1, count);
  const days = Math.ceil(rough / 86_400) * 86_400;
  const step = DURATIONS.find((size) => size >= rough) ?? days;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}
