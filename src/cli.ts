import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { registerPause, registerStop } from './cli/ask-engine.ts';
import { registerAttach } from './cli/attach.ts';
import { registerBrief } from './cli/brief.ts';
import { registerCertify } from './cli/certify.ts';
import { registerCheck } from './cli/check.ts';
import { registerDiff } from './cli/diff.ts';
import { registerDoctor } from './cli/doctor.ts';
import { EXIT, EXIT_CODES_HELP } from './cli/exit.ts';
import { registerExport } from './cli/export.ts';
import { registerFinalize } from './cli/finalize.ts';
import { registerHoldout } from './cli/holdout.ts';
import { registerImport } from './cli/import.ts';
import { registerInit } from './cli/init.ts';
import { registerLog } from './cli/log.ts';
import { registerMcp } from './cli/mcp.ts';
import { explain } from './cli/problem.ts';
import { registerRejudge } from './cli/rejudge.ts';
import { registerReplay } from './cli/replay.ts';
import { registerReport } from './cli/report.ts';
import { registerRun } from './cli/run.ts';
import { registerServe } from './cli/serve.ts';
import { registerShow } from './cli/show.ts';
import { registerStatus } from './cli/status.ts';
import { registerSuggest } from './cli/suggest.ts';
import { prepareThisProcess } from './cli/this-process.ts';
import { registerVerify } from './cli/verify.ts';

/** Composition root: the only file that sees every command. */
function createProgram(): Command {
  const program = new Command('ratchet')
    .description('Autonomous research: propose, run, measure, decide, record, for as long as you let it.')
    .version(packageVersion(), '-V, --version')
    .option('--no-color', 'print without colours')
    .showSuggestionAfterError()
    .showHelpAfterError('Run "ratchet help" for the list of commands.')
    .addHelpText('after', EXIT_CODES_HELP)
    .exitOverride();
  const version = packageVersion();
  registerInit(program);
  registerDoctor(program);
  registerCheck(program);
  registerRun(program, version);
  registerAttach(program);
  registerPause(program);
  registerStop(program);
  registerSuggest(program);
  registerMcp(program, version);
  registerServe(program, version);
  registerStatus(program);
  registerLog(program);
  registerShow(program);
  registerReport(program);
  registerDiff(program);
  registerBrief(program);
  registerVerify(program);
  registerReplay(program, version);
  registerCertify(program, version);
  registerHoldout(program, version);
  registerFinalize(program, version);
  registerExport(program);
  registerImport(program);
  registerRejudge(program);
  return program;
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { version: string }).version;
}

async function main(): Promise<void> {
  prepareThisProcess();
  try {
    await createProgram().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already; help and version are no mistakes.
      process.exitCode = error.exitCode === 0 ? EXIT.fine : EXIT.mistake;
      return;
    }
    const { text, exitCode } = explain(error, process.env.RATCHET_DEBUG === '1');
    process.stderr.write(`ratchet: ${text}\n`);
    process.exitCode = exitCode;
  }
}

await main();
