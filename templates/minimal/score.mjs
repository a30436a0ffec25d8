import { readFileSync } from 'node:fs';
import { CITIES, tourLength } from './cities.mjs';

const tour = JSON.parse(readFileSync('tour.json', 'utf8'));
const visited = Array.isArray(tour)
  ? new Set(tour.filter((city) => Number.isInteger(city) && city in CITIES))
  : new Set();

if (visited.size === CITIES.length && tour.length === CITIES.length) {
  console.log(`length: ${tourLength(tour)}`);
} else {
  console.error('refused: a tour visits every city once');
  process.exitCode = 1;
}
