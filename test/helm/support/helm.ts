import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where tools are kept that the tests obtain themselves. */
const toolsDirectory = join(homedir(), '.cache', 'moorline', 'tools');

/** The Helm 3 to test with: `$HELM`, else from the PATH, else the one that the tests obtained. */
export function findHelm(): string {
  const found = process.env.HELM ?? onPath('helm') ?? obtained('helm');
  if (found === undefined) {
    throw new Error(`expected helm in $HELM, on the PATH or in ${toolsDirectory}: install Helm 3 (https://helm.sh)`);
  }
  return found;
}

/** Helm 4, where it is present: `$HELM4`, or `helm4` on the PATH. */
export const findHelm4 = (): string | undefined => process.env.HELM4 ?? onPath('helm4') ?? obtained('helm4');

export interface TemplateOptions {
  readonly helm: string;
  readonly chart: string;
  readonly valuesFile?: string;
  /** @default 'moorline' */
  readonly release?: string;
  /** @default 'default' */
  readonly namespace?: string;
}

/** The output of `helm template`, without the tests of the chart. @throws HelmRefused when Helm does not render. */
export async function helmTemplate(options: TemplateOptions): Promise<string> {
  const { helm, chart, valuesFile, release = 'moorline', namespace = 'default' } = options;
  const values = valuesFile === undefined ? [] : ['--values', valuesFile];
  try {
    const { stdout } = await run(
      helm,
      ['template', release, chart, '--namespace', namespace, '--skip-tests', ...values],
      {
        maxBuffer: 64 * 1024 * 1024,
        timeout: 60_000,
      },
    );
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (typeof code !== 'number') throw error;
    throw new HelmRefused(stderr ?? '');
  }
}

/** Helm ran and said no: the values break the schema, or a template failed. */
export class HelmRefused extends Error {
  override readonly name = 'HelmRefused';
}

function onPath(program: string): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => join(directory, program)).find((path) => existsSync(path));
}

function obtained(program: string): string | undefined {
  const path = join(toolsDirectory, program);
  return existsSync(path) ? path : undefined;
}
