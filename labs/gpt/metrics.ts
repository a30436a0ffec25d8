import { appendFileSync } from 'node:fs';

/** Gives the engine one line of metrics in the file named in RATCHET_METRICS, and prints it for whoever reads the log. */
export function reportMetrics(line: Readonly<Record<string, number>>): void {
  report(line);
}

/** Tells the engine why the evaluation refuses what it was given. */
export function reportRefusal(reason: string): void {
  report({ refused: reason });
}

function report(line: Readonly<Record<string, number | string>>): void {
  const text = JSON.stringify(line);
  const file = process.env.RATCHET_METRICS;
  if (file) appendFileSync(file, `${text}\n`);
  console.log(text);
}
