import { fileURLToPath } from 'node:url';
import { command } from '../support/tools.js';
import { planned, type Scenario } from './scenario.js';

const moorline = fileURLToPath(new URL('../../../app/main.js', import.meta.url));
const rotateMs = 600_000;

export const rotatePasswords: Scenario = {
  name: 'rotate-passwords',
  title: 'all passwords are replaced: moorline secrets rotate',
  bound: planned,
  async run(stage) {
    const release = await stage.release();
    const where = ['--name', `${release.fullname}-auth`, '--namespace', release.namespace];
    await stage.underLoad(release, async () => {
      await command(process.execPath, [moorline, 'secrets', 'rotate', ...where], rotateMs);
    });
  },
};
