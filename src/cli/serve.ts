import process from 'node:process';
import type { Command } from 'commander';
import { parsePort } from './arguments.ts';
import { requireLab } from './find-lab.ts';
import { printLines } from './output.ts';
import { openPageDesk } from './page/desk.ts';
import { openPage, requireAssets } from './page/open-page.ts';
import { tokenOf } from './page/token.ts';
import { choiceOf, chooseStudy, type StudyChoice, withLabAndStudy } from './read-study.ts';
import { listenForEnd } from './signals.ts';

interface ServeOptions extends StudyChoice {
  readonly host?: string;
  readonly port?: number;
}

export function registerServe(program: Command, version: string): void {
  withLabAndStudy(program.command('serve'))
    .description('show a study in the browser, at work or finished')
    .option('--port <n>', 'the port (default: 7282, or another one where that is taken)', parsePort)
    .option('--host <address>', 'where others may come in, such as 0.0.0.0 (default: this machine alone)')
    .addHelpText('after', HELP)
    .action(async (lab: string | undefined, given: ServeOptions) => {
      await serve(choiceOf(lab, given), version);
    });
}

const HELP = `
It prints its address, and shows the study until Ctrl-C. "ratchet run" serves the study that it works on by itself. Whoever comes
without the token in the link can read and do nothing.

Example, from another machine:
  ssh -L 7282:127.0.0.1:7282 HOST    then open the printed address at home`;

async function serve(options: ServeOptions, version: string): Promise<void> {
  const lab = await requireLab(process.cwd(), options.lab);
  const study = await chooseStudy(lab, options.study);
  const assets = requireAssets();
  using desk = await openPageDesk(lab, study, version);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  using _ = listenForEnd(end);
  await using page = await openPage(desk, tokenOf(lab.folder), assets, options);
  printLines([page.address]);
  for (const warning of page.warnings) process.stderr.write(`warning: ${warning}\n`);
  await ended;
}
