import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../../../../', import.meta.url));

/** A snippet as a module of this repository, which stands beside the tests without being there. */
export interface Module {
  readonly path: string;
  readonly text: string;
}

export const moduleOf = (snippet: string, at: number): Module => ({
  path: join(root, 'test', 'unit', 'template', 'types', `snippet-${at}.ts`),
  text: `import type { V1Service, V1StatefulSet } from '@kubernetes/client-node';
import type * as engine from '../../../../cdk8s/template/index.js';
import { v } from '../support/example.js';
export type { V1Service, V1StatefulSet };
export { v };
export declare const t: typeof engine;
export declare const chart: engine.TemplateChart;
${snippet}
`,
});

/** The modules as the compiler of this repository sees them, in one program. */
export function programOf(modules: readonly Module[]): ts.Program {
  const texts = new Map(modules.map(({ path, text }) => [path, text]));
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, configHost);
  if (config === undefined) throw new Error('expected a tsconfig.json at the root of the repository');
  const options = { ...config.options, noEmit: true, incremental: false, tsBuildInfoFile: undefined };
  const disk = ts.createCompilerHost(options, true);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => texts.has(path) || disk.fileExists(path),
    readFile: (path) => texts.get(path) ?? disk.readFile(path),
    getSourceFile: (path, version, ...rest) => {
      const text = texts.get(path);
      return text === undefined
        ? disk.getSourceFile(path, version, ...rest)
        : ts.createSourceFile(path, text, version, true);
    },
  };
  return ts.createProgram([...texts.keys()], options, host);
}

/** The errors of each module. */
export function compile(modules: readonly Module[]): readonly (readonly ts.Diagnostic[])[] {
  const program = programOf(modules);
  return modules.map(({ path }) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
}

const configHost: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
  },
};
