import { Command, Option } from 'commander';
import { components, portsOption } from './components.js';
import { down } from './down.js';
import { CommandError, messageOf } from './errors.js';
import { defaultHome, type Home, homeAt } from './home.js';
import { logs } from './logs.js';
import { type GivenPorts, parsePorts } from './plan/ports.js';
import { Progress } from './progress.js';
import { status, table } from './status.js';

const program = new Command('local')
  .description('The bundle as processes of this machine: what `make up`, `down`, `status` and `logs` run.')
  .addOption(new Option('--home <directory>', 'where everything is kept').env('MOORLINE_HOME').default(defaultHome))
  .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong use.');

const upCommand = program
  .command('up')
  .description('start everything, wait until it is ready, put a job through')
  .addOption(new Option('--values <file>', 'values, as for `helm install --values`').env('VALUES'))
  .addOption(new Option('--handlers <file>', 'module with the handlers of the worker').env('HANDLERS'))
  .action(async (options: { values?: string; handlers?: string }, command: Command) => {
    // Only this command renders the bundle; the others work also when it does not load.
    const { up } = await import('./up.js');
    const { values: valuesFile, handlers: handlersFile } = options;
    await up(home(), { valuesFile, handlersFile, ports: givenPorts(command) }, new Progress());
  });
for (const name of components) {
  const option = portsOption(name);
  const variable = option.toUpperCase().replace('-', '_');
  upCommand.addOption(
    new Option(`--${option} <port...>`, `what ${name} listens on, in the order of the ordinals`).env(variable),
  );
}

program
  .command('down')
  .description('stop everything; the data stays')
  .option('--delete-data', 'remove the data as well')
  .action(async (options: { deleteData?: boolean }) => {
    await down(home(), options.deleteData !== true, new Progress());
  });

program
  .command('status')
  .description('every process: what it does, and how often it was restarted')
  .option('--json', 'for machines')
  .action(async (options: { json?: boolean }) => {
    const rows = await status(home());
    process.stdout.write(options.json === true ? `${JSON.stringify(rows)}\n` : table(rows));
  });

program
  .command('logs')
  .description('the end of every log, or of the named ones (supervisor, redis-0, gateway-0, ...)')
  .argument('[names...]')
  .option('-f, --follow', 'go on as they grow')
  .action(async (names: string[], options: { follow?: boolean }) => {
    await logs(home(), names, options.follow === true);
  });

const home = (): Home => homeAt(program.opts<{ home: string }>().home);

/** From the command line a list, from the environment one text. */
function givenPorts(command: Command): GivenPorts {
  const entries = components.map((name) => {
    const given = command.getOptionValue(camelCase(portsOption(name))) as string | readonly string[] | undefined;
    return [name, [given ?? []].flat().join(' ')] as const;
  });
  return Object.fromEntries(entries.filter(([, text]) => text !== '').map(([name, text]) => [name, parsePorts(text)]));
}

const camelCase = (option: string): string => option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`moorline: ${messageOf(error)}\n`);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
