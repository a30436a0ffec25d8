import { appendFileSync, readFileSync, statSync } from 'node:fs';

interface Circle {
  readonly x: number;
  readonly y: number;
  readonly r: number;
}

const COUNT = 26;
/** How far circles may overlap, in sides of the square: what rounding makes of circles that touch. */
const TOLERANCE = 1e-9;
/** The largest file that is read, in bytes. */
const LARGEST = 64 * 1024;

/** Reads the circles of a packing and checks them. @throws Error with the reason why a packing is refused. */
export function readPacking(json: string): readonly Circle[] {
  const parsed: unknown = JSON.parse(json);
  if (!Array.isArray(parsed)) throw new Error('the packing is no list of circles');
  if (parsed.length !== COUNT) throw new Error(`the packing has ${parsed.length} circles, not ${COUNT}`);
  const circles = parsed.map(readCircle);
  for (const [index, a] of circles.entries()) {
    const inside = Math.min(a.x, a.y, 1 - a.x, 1 - a.y) - a.r;
    if (inside < -TOLERANCE) throw new Error(`circle ${index + 1} reaches ${-inside} outside the square`);
    for (const [other, b] of circles.entries()) {
      if (other <= index) continue;
      const gap = Math.hypot(a.x - b.x, a.y - b.y) - a.r - b.r;
      if (gap < -TOLERANCE) throw new Error(`circles ${index + 1} and ${other + 1} overlap by ${-gap}`);
    }
  }
  return circles;
}

function readCircle(value: unknown, index: number): Circle {
  const numbers = ['x', 'y', 'r'].map((key): unknown => Object(value)[key]);
  const [x, y, r] = numbers.map((number) => (Number.isFinite(number) ? Number(number) : Number.NaN));
  if (x === undefined || y === undefined || r === undefined || Number.isNaN(x + y + r)) {
    throw new Error(`circle ${index + 1} lacks a finite x, y or r`);
  }
  if (r < 0) throw new Error(`circle ${index + 1} has the radius ${r}`);
  return { x, y, r };
}

function verify(file: string): number {
  const { size } = statSync(file);
  if (size > LARGEST) throw new Error(`${file} has ${size} bytes, and ${LARGEST} are read`);
  return readPacking(readFileSync(file, 'utf8')).reduce((sum, circle) => sum + circle.r, 0);
}

if (import.meta.main) {
  try {
    console.log(`sum_of_radii: ${verify('circles.json')}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const { RATCHET_METRICS } = process.env;
    if (RATCHET_METRICS) appendFileSync(RATCHET_METRICS, `${JSON.stringify({ refused: reason })}\n`);
    console.error(`refused: ${reason}`);
    process.exitCode = 1;
  }
}
