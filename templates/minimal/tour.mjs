import { writeFileSync } from 'node:fs';
import { CITIES, distance } from './cities.mjs';

/** Moves that are tried. */
const MOVES = 40_000;
/** How much longer a tour may become at once, in kilometres: at the first move, and at the last. */
const FIRST_TEMPERATURE = 400;
const LAST_TEMPERATURE = 20;
/** The longest stretch of cities that one move turns around. */
const LONGEST_STRETCH = 12;

const random = createRandom(Number(process.env.RATCHET_SEED ?? 1));
writeFileSync('tour.json', JSON.stringify(anneal(nearestNeighbours())));

function nearestNeighbours() {
  const left = new Set(CITIES.keys());
  const tour = [];
  for (let city = 0; ; ) {
    tour.push(city);
    left.delete(city);
    if (left.size === 0) return tour;
    const from = city;
    city = [...left].reduce((best, next) => (distance(from, next) < distance(from, best) ? next : best));
  }
}

/** Turns stretches around: always when that is shorter, now and then when it is not, and more rarely as it cools. */
function anneal(tour) {
  const cities = tour.length;
  for (let move = 0; move < MOVES; move += 1) {
    const temperature = FIRST_TEMPERATURE * (LAST_TEMPERATURE / FIRST_TEMPERATURE) ** (move / MOVES);
    const first = Math.floor(random() * cities);
    const size = 2 + Math.floor(random() * (LONGEST_STRETCH - 1));
    const last = Math.min(first + size - 1, cities - 1);
    const before = tour[(first + cities - 1) % cities];
    const after = tour[(last + 1) % cities];
    const now = distance(before, tour[first]) + distance(tour[last], after);
    const turned = distance(before, tour[last]) + distance(tour[first], after);
    if (turned < now || random() < Math.exp((now - turned) / temperature)) turnAround(tour, first, last);
  }
  return tour;
}

function turnAround(tour, first, last) {
  for (let left = first, right = last; left < right; left += 1, right -= 1) {
    [tour[left], tour[right]] = [tour[right], tour[left]];
  }
}

/** Numbers in [0, 1). Mulberry32 (Tommy Ettinger, public domain). */
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
