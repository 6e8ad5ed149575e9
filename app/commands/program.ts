import { Command, CommanderError } from 'commander';
import { version } from '../operations/version.js';
import { agentCommand } from './agent.js';
import { drillCommand } from './drill/index.js';
import { enqueueCommand } from './enqueue.js';
import { epochCommand } from './epoch.js';
import { exitCodeOf, explain } from './exit-codes.js';
import { gatewayCommand } from './gateway.js';
import { portForwardCommand } from './port-forward/index.js';
import { queueCommand } from './queue/index.js';
import { scheduleCommand } from './schedule/index.js';
import { secretsCommand } from './secrets/index.js';
import { workerCommand } from './worker.js';
import { workersCommand } from './workers.js';

/** Runs the command line and resolves with the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    // A command that ran another one has its exit code.
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has told the user already what was wrong with the arguments, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${explain(error)}\n`);
    return exitCodeOf(error);
  }
}

function createProgram(): Command {
  const program = new Command('moorline')
    .description(
      'Queue, event bus, live results and tasks on highly available Redis: the gateway, the worker and the tools around them',
    )
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the ways to use it)')
    .addHelpText('after', exitCodesHelp)
    .addCommand(gatewayCommand())
    .addCommand(workerCommand())
    .addCommand(agentCommand())
    .addCommand(secretsCommand())
    .addCommand(enqueueCommand())
    .addCommand(queueCommand())
    .addCommand(scheduleCommand())
    .addCommand(workersCommand())
    .addCommand(epochCommand())
    .addCommand(drillCommand())
    .addCommand(portForwardCommand());
  exitByThrowing(program);
  return program;
}

/** For the command and all below it: settings of a parent are not inherited by commands made elsewhere. */
function exitByThrowing(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) exitByThrowing(sub);
}

const exitCodesHelp = `
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 unavailable (trying again may help)`;
