import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { parseDuration } from '../../src/common/duration.js';
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
}

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

  it('sets settings that there are', () => {
    const pairs = instructions('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=')));
    expect(wrongSettings(Object.fromEntries(pairs) as Record<string, string>)).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const { services } = parse(textOf('compose.yaml'), { merge: true }) as {
    services: Record<string, Service>;
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

  it('mounts files that are there, and HAProxy finds the instances, and finds out in time that one stops', () => {
    const files = Object.values(services).flatMap(({ volumes = [] }) =>
      volumes.filter((volume) => volume.startsWith('./')),
    );
    expect(files.filter((file) => !existsSync(join(ROOT, file.split(':')[0] ?? '')))).toEqual([]);
    const configuration = textOf('deploy/haproxy.cfg');
    const servers = [...configuration.matchAll(/^ {4}server \S+ (\S+):(\d+)$/gm)];
    expect(servers.map(([, host]) => host)).toEqual(instances.map(([name]) => name));
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
    readonly template: {
      readonly spec: {
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
});
