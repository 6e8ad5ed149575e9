import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { gatewayCaller, type Call } from './gateway-caller.js';
import { apply, command, eventually, helm, kubectl, withPortForward } from './tools.js';

const chart = fileURLToPath(new URL('../../../../charts/moorline', import.meta.url));

/** A chart, and the image of the application that goes with it as `registry/repository:tag`. */
export interface Version {
  readonly chart: string;
  readonly image: string;
}

/** What is under test; `make e2e IMAGE=...` names another image. */
export const currentVersion: Version = { chart, image: process.env['IMAGE'] ?? 'moorline.test/moorline:dev' };

export const randomNamespace = (): string => `moorline-e2e-${randomBytes(3).toString('hex')}`;

/** A release, by default in a namespace of its own, which admits restricted pods only. */
export class TestRelease {
  /** What the next `install` or `upgrade` brings. */
  version: Version = currentVersion;
  /** A values file below the settings. */
  valuesFile: string | undefined;

  constructor(
    readonly name = 'moorline',
    readonly namespace = randomNamespace(),
  ) {}

  async createNamespace(): Promise<void> {
    await kubectl('create', 'namespace', this.namespace);
    await kubectl('label', 'namespace', this.namespace, 'pod-security.kubernetes.io/enforce=restricted');
  }

  async deleteNamespace(): Promise<void> {
    await kubectl('delete', 'namespace', this.namespace, '--wait=true', '--timeout=120s');
  }

  install(...settings: string[]): Promise<void> {
    return this.deploy('install', settings);
  }

  upgrade(...settings: string[]): Promise<void> {
    return this.deploy('upgrade', settings);
  }

  /** Uninstalls; the volumes go too unless they are to be kept. */
  async leave({ keepVolumes = false } = {}): Promise<void> {
    await this.helm('uninstall', this.name, '--wait', '--timeout', '3m');
    const ours = `app.kubernetes.io/instance=${this.name}`;
    await eventually('no pod of the release', 120_000, async () =>
      (await this.kubectl('get', 'pods', '-l', ours, '-o', 'name')) === '' ? true : undefined,
    );
    if (!keepVolumes) await this.kubectl('delete', 'persistentvolumeclaims', '-l', ours, '--timeout=60s');
  }

  kubectl(...args: string[]): Promise<string> {
    return kubectl('-n', this.namespace, ...args);
  }

  apply(...objects: readonly object[]): Promise<void> {
    return apply(this.namespace, ...objects);
  }

  helm(...args: string[]): Promise<string> {
    return helm(...args, '--namespace', this.namespace);
  }

  /** Runs a command in the container of a pod. */
  exec(pod: string, ...args: string[]): Promise<string> {
    return command('kubectl', ['-n', this.namespace, 'exec', pod, '--', ...args]);
  }

  pods(component: string): Promise<string[]> {
    const selector = `app.kubernetes.io/instance=${this.name},app.kubernetes.io/component=${component}`;
    return this.kubectl('get', 'pods', '-l', selector, '-o', 'name').then((text) =>
      text.split('\n').filter((line) => line !== ''),
    );
  }

  /** Whether a Deployment has all its pods, of the newest kind and ready. */
  async isRolledOut(component: string): Promise<true | undefined> {
    await this.kubectl('rollout', 'status', `deployment/${this.fullname}-${component}`, '--timeout=20s');
    return true;
  }

  async token(): Promise<string> {
    const encoded = await this.kubectl(
      'get',
      'secret',
      `${this.fullname}-auth`,
      '-o',
      'jsonpath={.data.gateway-token}',
    );
    return Buffer.from(encoded, 'base64').toString();
  }

  /** Changes when the pod is made anew, also under the same name. */
  uid(pod: string): Promise<string> {
    return this.kubectl('get', pod, '-o', 'jsonpath={.metadata.uid}');
  }

  /** The pod whose Redis says that it is the primary. */
  primary(): Promise<string> {
    return eventually('a primary', 120_000, async () => {
      for (const pod of await this.pods('redis')) {
        const role = await this.redis(pod, 'ROLE').catch(() => '');
        if (role.startsWith('master')) return pod;
      }
      return undefined;
    });
  }

  redis(pod: string, ...args: string[]): Promise<string> {
    const script =
      'REDISCLI_AUTH=$(cat "$REDIS_PASSWORD_FILE") exec redis-cli ${TLS_DIR:+--tls --cacert "$TLS_DIR/ca.crt"} "$@"';
    return this.exec(pod, 'sh', '-c', script, 'redis-cli', ...args);
  }

  /** Talks to the gateway through its Service, for as long as `use` runs. */
  gateway<T>(use: (request: Call) => Promise<T>): Promise<T> {
    return withPortForward(this.namespace, `service/${this.fullname}-gateway`, 8080, async (url) => {
      const [token, authority] = await Promise.all([this.token(), this.authority()]);
      const call = gatewayCaller(url, { token, authority, servername: `${this.fullname}-gateway` });
      return use(call);
    });
  }

  /** Who signs the certificate of the gateway; undefined where it has none. */
  async authority(): Promise<string | undefined> {
    const path = 'jsonpath={.data.ca\\.crt}';
    const name = `${this.fullname}-gateway-tls`;
    const encoded = await this.kubectl('get', 'secret', name, '--ignore-not-found', '-o', path);
    return encoded === '' ? undefined : Buffer.from(encoded, 'base64').toString();
  }

  /** The release's name in front of its objects. */
  get fullname(): string {
    return this.name.includes('moorline') ? this.name : `${this.name}-moorline`;
  }

  /** The image under test, as a value of the chart. */
  get image(): { readonly registry: string; readonly repository: string; readonly tag: string } {
    const [, registry = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(this.version.image) ?? [];
    if (tag === '') throw new Error(`IMAGE: expected registry/repository:tag, got ${this.version.image}`);
    return { registry, repository, tag };
  }

  private async deploy(verb: 'install' | 'upgrade', settings: readonly string[]): Promise<void> {
    const wait = ['--wait', '--timeout', '5m'];
    await helm(
      verb,
      this.name,
      this.version.chart,
      '--namespace',
      this.namespace,
      ...wait,
      ...(this.valuesFile === undefined ? [] : ['--values', this.valuesFile]),
      ...this.imageSettings(),
      ...set(settings),
    );
  }

  private imageSettings(): string[] {
    return set(Object.entries(this.image).map(([key, value]) => `image.${key}=${value}`));
  }
}

/** A value in brackets is JSON, and replaces a whole list. */
const set = (settings: readonly string[]): string[] =>
  settings.flatMap((setting) => [setting.includes('=[') ? '--set-json' : '--set', setting]);
