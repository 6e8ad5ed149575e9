import { environment } from './environment.js';
import type { Variable } from './variable.js';

/** The table of all variables in Markdown. */
export function environmentDocs(): string {
  const rows = Object.entries<Variable<unknown>>(environment).map(([name, variable]) => [
    `\`${name}\`${variable.secret === true ? ` or \`${name}_FILE\`` : ''}`,
    variable.default === undefined ? '' : `\`${variable.default}\``,
    `${variable.description} (${variable.expected})`,
  ]);
  return [['Variable', 'Default', 'Meaning'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
