import { writeFileSync } from 'node:fs';

export interface Circle {
  x: number;
  y: number;
  r: number;
}

type Start = 'grid' | 'hexagonal' | 'random';
type Schedule = 'constant' | 'linear' | 'cosine';

const COUNT = 26;

/** The pattern that the centres start from. */
const START: Start = 'grid';
/** How the pace falls from the first step to the last. */
const SCHEDULE: Schedule = 'constant';
/** Starts that are tried; the best one counts. */
const STARTS = 24;
/** Steps of each start. */
const STEPS = 1500;
/** How far the start strays from its pattern, in sides of the square. */
const JITTER = 0.04;
/** Radius at the start, in sides of the square. */
const FIRST_RADIUS = 0.03;
/** What each radius gains in a step at full pace, in sides of the square. */
const GROWTH = 0.0004;
/** Share of an overlap that moving apart takes away in a step. */
const PUSH = 0.3;
/** Share of an overlap that shrinking takes away in a step. */
const SHRINK = 0.3;
/** Rounds of the final repair. */
const REPAIRS = 20;

/** Packs the circles: the best of all starts. The same seed gives the same packing. */
export function pack(seed: number): Circle[] {
  const random = createRandom(seed);
  let best: Circle[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const circles = startingCircles(random);
    for (let step = 0; step < STEPS; step += 1) relax(circles, pace(step / STEPS));
    repair(circles);
    if (sumOfRadii(circles) > sumOfRadii(best)) best = circles;
  }
  return best;
}

function startingCircles(random: () => number): Circle[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const [x, y] = startingPoint(index, random);
    const stray = () => (random() - 0.5) * JITTER;
    return { x: within(x + stray()), y: within(y + stray()), r: FIRST_RADIUS };
  });
}

function startingPoint(index: number, random: () => number): [x: number, y: number] {
  const columns = 6;
  const rows = Math.ceil(COUNT / columns);
  const row = Math.floor(index / columns);
  const column = index % columns;
  if (START === 'random') return [random(), random()];
  const shift = START === 'hexagonal' && row % 2 === 1 ? 0.5 : 0;
  return [(column + 0.5 + shift) / (columns + 0.5), (row + 0.5) / rows];
}

/** From 1 at the first step down to 0, or 1 throughout. */
function pace(progress: number): number {
  if (SCHEDULE === 'linear') return 1 - progress;
  if (SCHEDULE === 'cosine') return (1 + Math.cos(Math.PI * progress)) / 2;
  return 1;
}

/** One step: every circle grows, and those that overlap move apart and shrink. */
function relax(circles: Circle[], rate: number): void {
  for (const circle of circles) circle.r += GROWTH * rate;
  for (const [index, a] of circles.entries()) {
    for (let other = index + 1; other < COUNT; other += 1) {
      const b = circles[other]!;
      const dx = b.x - a.x;
      const dy = b.y - a.y;
      const distance = Math.sqrt(dx * dx + dy * dy) || 1e-9;
      const overlap = a.r + b.r - distance;
      if (overlap <= 0) continue;
      const move = (PUSH * overlap) / (2 * distance);
      a.x -= dx * move;
      a.y -= dy * move;
      b.x += dx * move;
      b.y += dy * move;
      a.r = Math.max(0, a.r - (SHRINK * overlap) / 2);
      b.r = Math.max(0, b.r - (SHRINK * overlap) / 2);
    }
    a.x = within(a.x, a.r);
    a.y = within(a.y, a.r);
  }
}

/** Makes the radii allowed where the centres are: first small enough, then each as large as the others let it be. */
function repair(circles: Circle[]): void {
  for (const circle of circles) circle.r = Math.min(circle.r, room(circle, circles) / 2);
  for (let round = 0; round < REPAIRS; round += 1) {
    for (const circle of circles) {
      let largest = room(circle);
      for (const other of circles) {
        if (other !== circle) largest = Math.min(largest, distanceBetween(circle, other) - other.r);
      }
      circle.r = Math.max(0, largest);
    }
  }
}

/** Distance to the border, or to the nearest centre where that is nearer. */
function room(circle: Circle, others: readonly Circle[] = []): number {
  let nearest = Math.min(circle.x, circle.y, 1 - circle.x, 1 - circle.y);
  for (const other of others) {
    if (other !== circle) nearest = Math.min(nearest, distanceBetween(circle, other));
  }
  return nearest;
}

function distanceBetween(a: Circle, b: Circle): number {
  return Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
}

function within(value: number, margin = 0): number {
  return Math.min(1 - margin, Math.max(margin, value));
}

function sumOfRadii(circles: readonly Circle[]): number {
  return circles.reduce((sum, circle) => sum + circle.r, 0);
}

/** Numbers in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

if (import.meta.main) {
  writeFileSync('circles.json', JSON.stringify(pack(Number(process.env.RATCHET_SEED ?? 1))));
}
