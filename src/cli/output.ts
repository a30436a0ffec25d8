import type { Command } from 'commander';

/** Whether to write colours to `stream`: to a terminal that shows them, where neither --no-color nor NO_COLOR says no. */
export function wantsColour(stream: NodeJS.WriteStream, command: Command): boolean {
  const { color } = command.optsWithGlobals<{ color: boolean }>();
  if (!color || process.env.NO_COLOR || process.env.TERM === 'dumb') return false;
  return stream.isTTY === true;
}

/** Columns to fit lines into; a file has no edge. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** One JSON object on a line of its own. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
