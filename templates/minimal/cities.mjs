/** Kilometres from west to east and from south to north: 80 cities, always the same. */
export const CITIES = Array.from({ length: 80 }, (_, index) => {
  // Two irrational steps spread the cities without clumps, a third one bends the rows.
  const x = (index * 0.754877666) % 1;
  const y = (index * 0.569840291 + 0.13 * Math.sin(index)) % 1;
  return { x: 1000 * x, y: 1000 * Math.abs(y) };
});

export function distance(from, to) {
  return Math.hypot(CITIES[from].x - CITIES[to].x, CITIES[from].y - CITIES[to].y);
}

export function tourLength(tour) {
  return tour.reduce((sum, city, index) => sum + distance(city, tour[(index + 1) % tour.length]), 0);
}
