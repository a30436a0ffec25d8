import process from 'node:process';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Command } from 'commander';
import { attachGuest } from '../engine/guests.ts';
import { PATCH_MAX_BYTES } from '../git/patch.ts';
import { createMcpServer } from '../serve/mcp.ts';
import { parseCount, parseSlots, parseTime } from './arguments.ts';
import { type Lab, requireLab } from './find-lab.ts';
import { createDesk } from './mcp/desk.ts';
import { createKeeper, type StartWish } from './mcp/keeper.ts';
import { choiceOf, withLab } from './read-study.ts';
import { parseResearcher } from './researchers.ts';
import { listenForEnd } from './signals.ts';

/** Bytes of one message: the longest patch, with room for how JSON writes it. A longer one ends the connection. */
const LONGEST_MESSAGE = 4 * PATCH_MAX_BYTES;

export function registerMcp(program: Command, version: string): void {
  withLab(program.command('mcp'))
    .description('let an agent be the researcher: a server of tools for it, on standard input and output')
    .option('--experiments <n>', 'of a study that it starts: stop after this many verdicts', parseCount)
    .option('--for <duration>', 'of a study that it starts: stop after this time, such as 8h', parseTime)
    .option('--slots <n>', 'of a study that it starts: trials at a time (default: one a core)', parseSlots)
    .option(
      '--researcher <name>',
      'of a study that it starts: who proposes beside the agent, as for run (default: auto)',
      namedResearcher,
    )
    .option('--stop-with-client', 'end a study that it started when the agent goes away')
    .addHelpText('after', HELP)
    .action(async (lab: string | undefined, given: StartWish & { readonly lab?: string }) => {
      const options = choiceOf(lab, given);
      const found = await requireLab(process.cwd(), options.lab);
      await serve(found, options, version);
    });
}

/** A name that `run` would take, as it was given: the engine that is started reads it again. */
function namedResearcher(text: string): string {
  parseResearcher(text);
  return text;
}

const HELP = `
It speaks the Model Context Protocol, and is started by the agent's program, not by hand. It attaches to the engine at work on the
lab's newest study, or starts one in the background as "ratchet run --detach" does. The agent proposes patches and is told verdicts;
the engine measures and judges. What it suggests runs first, and search goes on in slots that would be idle.

Example, in the settings of a client:
  {"mcpServers": {"ratchet": {"command": "npx", "args": ["ratchet-research", "mcp", "/path/to/lab"]}}}`;

/** Serves one client until it goes away. */
async function serve(lab: Lab, wish: StartWish, version: string): Promise<void> {
  const keeper = createKeeper(lab.folder, wish);
  const server = createMcpServer(createDesk(lab, keeper), version);
  server.server.onerror = (error) => void process.stderr.write(`ratchet mcp: ${error.message}\n`);
  const { promise: gone, resolve: end } = Promise.withResolvers<void>();
  using _ = listenForEnd(end);
  server.server.onclose = end;
  process.stdin.once('end', end).once('close', end);
  // A client that reads no more is gone; what it left to be done still is.
  process.stdout.removeAllListeners('error').on('error', () => end());
  {
    using _guest = attachGuest(lab.folder);
    await server.connect(
      new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: LONGEST_MESSAGE }),
    );
    process.stderr.write(`ratchet mcp: serving ${lab.folder} to a client on standard input and output\n`);
    // At once, so that a study works while the agent still reads; what goes wrong is told by the first tool that is called.
    keeper
      .look()
      .catch((cause: unknown) => void process.stderr.write(`ratchet mcp: ${(cause as Error).message}\n`));
    await gone;
  }
  await keeper.end();
  await server.close().catch(() => undefined);
  // Calls that wait would keep the process alive to their deadlines.
  process.stdin.destroy();
  process.exit();
}
