import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { parseDuration } from '../../src/common/duration.js';
import { trustedPeers } from '../../src/http/trusted-peers.js';
import { ALL_SETTINGS } from '../../src/config/settings/table.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** A stop takes at most so long after SHUTDOWN_DELAY. */
const CLOSING = 5_000;

const SETTINGS = new Map(ALL_SETTINGS.map((setting) => [setting.name, setting]));

/** Names that are none, and values that a start would refuse; those that are filled in later are not looked at. */
function wrongSettings(environment: Readonly<Record<string, string>>): string[] {
  return Object.entries(environment).flatMap(([name, value]) => {
    const setting = SETTINGS.get(name);
    if (!setting) return [`${name} is no setting`];
    return value.includes('${') || setting.parser.parse(value) !== undefined ? [] : [`${name}=${value}`];
  });
}

const milliseconds = (text: string | undefined): number => parseDuration(text ?? '') ?? Number.NaN;

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly mem_limit?: string;
  readonly networks?: { readonly default: { readonly ipv4_address: string } };
}

/** Each thread that hashes takes memory, and by default there is one for each core of the machine. */
const boundsHashing = ({ HASH_WORKERS }: Readonly<Record<string, string>>): boolean =>
  Number(HASH_WORKERS) > 0 && Number(HASH_WORKERS) <= 4;

describe('Dockerfile', () => {
  const lines = textOf('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const instructions = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

  it('copies what is there, and starts the server that the package has', () => {
    const sources = instructions('COPY')
      .filter((copy) => !copy.startsWith('--from'))
      .flatMap((copy) => copy.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
    const { bin } = JSON.parse(textOf('package.json')) as { bin: { 'latchkey-server': string } };
    expect(instructions('CMD')).toEqual([JSON.stringify([bin['latchkey-server'].replace('./', '')])]);
  });

  it('needs no shell, and runs as another user than root', () => {
    const programs = [...instructions('RUN'), ...instructions('CMD'), ...instructions('HEALTHCHECK')];
    for (const program of programs) {
      const list = program.slice(program.indexOf('['));
      expect(JSON.parse(list)).toEqual(expect.any(Array));
    }
    expect(instructions('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    expect(instructions('HEALTHCHECK').join()).toContain('/health/live');
  });

  it('installs what the lockfile has, and nothing past it', () => {
    const commands = instructions('RUN').map((line) => JSON.parse(line) as string[]);
    const installing = commands.filter(([program, verb]) => program === 'npm' && verb !== 'run');
    expect(installing.map(([, verb]) => verb)).toEqual(['ci', 'ci']);
    expect(commands.filter(([program]) => program !== 'npm')).toEqual([['mkdir', '/data']]);
    // What is developed with goes, but for what is optional beside it (`devOptional`).
    const lock = JSON.parse(textOf('package-lock.json')) as {
      packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
    };
    expect(lock.packages['node_modules/ioredis']).toMatchObject({ devOptional: true });
  });

  it('gives the volume to the user that the server runs as', () => {
    const volumes = instructions('VOLUME').flatMap((line) => JSON.parse(line) as string[]);
    const [user] = instructions('USER');
    for (const volume of volumes)
      expect(instructions('COPY')).toContain(`--from=packages --chown=${user} ${volume} ${volume}`);
    expect(instructions('ENV').join()).toContain(`DATA_DIR=${volumes.join()}`);
  });

  it('asks for health at the port that is set', () => {
    const [check = ''] = instructions('HEALTHCHECK');
    expect(check).toContain('127.0.0.1:${process.env.PORT}/health/live');
  });

  it('is built without secrets, and without the modules of another machine, in whichever folder they are', () => {
    const ignored = textOf('.dockerignore').split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', 'data', '**/node_modules', '**/.env', '**/*.pem', '**/*.key']),
    );
  });

  it('sets settings that there are', () => {
    const pairs = instructions('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=')));
    expect(wrongSettings(Object.fromEntries(pairs) as Record<string, string>)).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const { services, networks } = parse(textOf('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>;
    networks: { default: { ipam: { config: [{ subnet: string; ip_range: string }] } } };
  };
  const instances = Object.entries(services).filter(([name]) => name.startsWith('latchkey-'));

  it('has two instances, the same but for their data, on a read-only file system', () => {
    expect(instances).toHaveLength(2);
    const [[, one], [, other]] = instances as [[string, Service], [string, Service]];
    expect({ ...one, volumes: [] }).toEqual({ ...other, volumes: [] });
    expect(one.read_only).toBe(true);
  });

  it('sets settings that there are, and gives a stop the time that it takes', () => {
    for (const [, { environment = {}, stop_grace_period: grace }] of instances) {
      expect(wrongSettings(environment)).toEqual([]);
      expect(milliseconds(grace)).toBeGreaterThan(milliseconds(environment['SHUTDOWN_DELAY']) + CLOSING);
    }
  });

  it('starts again with the machine, and takes no more memory than it may', () => {
    expect(new Set(Object.values(services).map(({ restart }) => restart))).toEqual(
      new Set(['unless-stopped']),
    );
    for (const [, { environment = {}, mem_limit: limit }] of instances)
      expect([boundsHashing(environment), limit]).toEqual([true, '512m']);
  });

  it('believes HAProxy’s address alone, which nothing else can have', () => {
    const address = services['haproxy']?.networks?.default.ipv4_address;
    const [{ ip_range: range }] = networks.default.ipam.config;
    for (const [, { environment = {} }] of instances) expect(environment['TRUST_PROXY']).toBe(address);
    expect(trustedPeers(range)(address)).toBe(false);
  });

  it('gives HAProxy the time that it takes to stop', () => {
    const [, hardStop] = /hard-stop-after (\S+)/.exec(textOf('deploy/haproxy.cfg')) ?? [];
    expect(milliseconds(services['haproxy']?.stop_grace_period)).toBeGreaterThan(milliseconds(hardStop));
  });

  it('mounts files that are there, and HAProxy finds the instances, and finds out in time that one stops', () => {
    const files = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.filter((volume) => volume.startsWith('./')),
    );
    expect(files.filter((file) => !existsSync(join(ROOT, file.split(':')[0] ?? '')))).toEqual([]);
    const configuration = textOf('deploy/haproxy.cfg');
    const servers = [...configuration.matchAll(/^ {4}server \S+ (\S+):(\d+)$/gm)];
    expect(servers.map(([, host]) => host)).toEqual(instances.map(([name]) => name));
    // Containers that are made anew have other addresses.
    expect(configuration).toMatch(/^resolvers names\n {4}parse-resolv-conf$/m);
    expect(configuration).toMatch(/^ {4}default-server .*resolvers names .*init-addr last,libc,none$/m);
    for (const [, , port] of servers) expect(port).toBe(instances[0]?.[1].environment?.['PORT']);
    const [, interval] = /inter (\S+)/.exec(configuration) ?? [];
    for (const [, { environment = {} }] of instances)
      expect(milliseconds(environment['SHUTDOWN_DELAY'])).toBeGreaterThan(milliseconds(interval));
  });
});

interface Probe {
  readonly httpGet: { readonly path: string };
}

interface Container {
  readonly image: string;
  readonly securityContext: object;
  readonly resources: { readonly requests: object; readonly limits: object };
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

interface Manifest {
  readonly kind: string;
  readonly data?: Record<string, string>;
  readonly spec: {
    readonly replicas: number;
    readonly maxUnavailable: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly enableServiceLinks: boolean;
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: object;
        readonly containers: [Container];
      };
    };
  };
}

describe('the Kubernetes manifests', () => {
  const documents = parseAllDocuments(textOf('deploy/kubernetes/latchkey.yaml'));
  const manifests = documents.map((document) => document.toJS() as Manifest);
  const ofKind = (kind: string): Manifest => {
    const found = manifests.find((manifest) => manifest.kind === kind);
    if (!found) throw new Error(`There is no ${kind}.`);
    return found;
  };

  it('are YAML, with all that an installation needs', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    const kinds = manifests.map(({ kind }) => kind).toSorted();
    expect(kinds).toEqual(['ConfigMap', 'Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service']);
  });

  it('set settings that there are, and give a stop the time that it takes', () => {
    const { data = {} } = ofKind('ConfigMap');
    expect(wrongSettings(data)).toEqual([]);
    const { terminationGracePeriodSeconds: grace, containers } = ofKind('Deployment').spec.template.spec;
    const preStop = containers[0].lifecycle.preStop.sleep.seconds * 1000;
    expect(grace * 1000).toBeGreaterThan(preStop + milliseconds(data['SHUTDOWN_DELAY']) + CLOSING);
  });

  it('ask for health where it is answered, and grant no right that is not needed', () => {
    const { securityContext, containers } = ofKind('Deployment').spec.template.spec;
    const [container] = containers;
    expect(container.startupProbe.httpGet.path).toBe('/health/live');
    expect(container.livenessProbe.httpGet.path).toBe('/health/live');
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
    expect(securityContext).toMatchObject({ runAsNonRoot: true });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toEqual({ requests: expect.any(Object), limits: expect.any(Object) });
  });

  it('run one version, this one, with as many threads as the memory is for, and no environment of others', () => {
    const { version } = JSON.parse(textOf('package.json')) as { version: string };
    const { containers, enableServiceLinks } = ofKind('Deployment').spec.template.spec;
    expect(containers[0].image.split(':').at(-1)).toBe(version);
    expect(enableServiceLinks).toBe(false);
    expect(boundsHashing(ofKind('ConfigMap').data ?? {})).toBe(true);
  });

  it('let a node be drained, and keep an instance', () => {
    const { replicas, template } = ofKind('Deployment').spec;
    const { maxUnavailable, selector } = ofKind('PodDisruptionBudget').spec;
    expect(selector.matchLabels).toEqual(template.metadata.labels);
    expect([maxUnavailable > 0, maxUnavailable < replicas]).toEqual([true, true]);
  });

  it('believe few addresses, and let in who asks: the ingress controller and Prometheus', () => {
    const { TRUST_PROXY: trusted = '' } = ofKind('ConfigMap').data ?? {};
    expect(Number(trusted.split('/')[1])).toBeGreaterThanOrEqual(24);
    const policy = JSON.stringify(ofKind('NetworkPolicy').spec);
    expect(policy).toContain('"kubernetes.io/metadata.name":"ingress-nginx"');
    expect(policy).toContain('"kubernetes.io/metadata.name":"monitoring"');
  });
});
