import { appendFileSync } from 'node:fs';

export type MetricLine = Readonly<Record<string, number>>;

/** Gives the engine one line of metrics in the file named in RATCHET_METRICS, and prints it for whoever reads the log. */
export function reportMetrics(line: MetricLine): void {
  const text = JSON.stringify(line);
  const file = process.env.RATCHET_METRICS;
  if (file) appendFileSync(file, `${text}\n`);
  console.log(text);
}
