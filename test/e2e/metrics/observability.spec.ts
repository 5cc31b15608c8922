import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { describeWithPrometheus, prometheus } from '../../support/services/available.js';
import { startPrometheus } from '../../support/services/start-prometheus.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { eventually } from '../support/eventually.js';

const DEPLOY = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const TOKEN = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';
/** Of several scrapes and evaluations, a second apart. */
const PATIENCE = 60_000;

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const textOf = (path: string) => readFileSync(join(DEPLOY, path), 'utf8');
const rules = (
  parse(textOf('prometheus/latchkey.rules.yml')) as { groups: readonly { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(textOf('grafana/latchkey.json')) as { readonly panels: readonly Panel[] };
const panels = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

/** As Grafana fills in its variables, and over a time that a test can wait for. */
const filledIn = (expr: string) =>
  expr.replaceAll('$job', 'latchkey').replaceAll('$instance', '.*').replaceAll('$__rate_interval', '1m');

/** The metrics that expressions ask for. */
function metricsOf(expressions: readonly string[]): Set<string> {
  return new Set(expressions.flatMap((expr) => expr.match(/\b(?:latchkey|nodejs|process)_\w+/g) ?? []));
}

/** The names in an answer of `/metrics`: those of histograms with their suffixes. */
function namesIn(text: string): Set<string> {
  const names = text.matchAll(/^# TYPE (\S+) (\S+)$/gm);
  return new Set(
    [...names].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
    ),
  );
}

let server: TestApp;

beforeAll(async () => {
  server = await startTestApp({
    environment: { METRICS_TOKEN: TOKEN, REFRESH_GRACE: '0s', RESEND_RATE_LIMIT: '1/10m', OAUTH: 'on' },
  });
  const { user, accessToken, refreshToken } = (await server.api.register()).body;
  await server.api.login(user.email);
  await server.api.login(user.email, 'wrong');
  await server.api.refresh(refreshToken);
  for (let each = 0; each < 2; each += 1)
    await server.api.post('/api/auth/email/resend', undefined, { token: accessToken });
  await fetch(`${server.url}/oauth/token`, { method: 'POST' });
});
afterAll(() => server.close());

const promtool = async (...args: string[]) =>
  promisify(execFile)(join(dirname(prometheus?.path ?? ''), 'promtool'), args);

describe('The alerts and the dashboard', () => {
  it('ask for metrics that a server prints, and for nothing else', async () => {
    const text = (await server.api.get<string>('/metrics', { token: TOKEN })).body;
    const there = namesIn(text);
    const asked = metricsOf([...rules.map(({ expr }) => expr), ...panels.map(([, expr]) => expr)]);
    expect(asked.size).toBeGreaterThan(15);
    expect([...asked].filter((name) => !there.has(name))).toEqual([]);
  });

  it('are in the documents: what each alert means, and each metric of ours', () => {
    const document = readFileSync(join(DEPLOY, '../docs/metrics.md'), 'utf8');
    const alerts = [...document.matchAll(/^\| `(Latchkey\w+)` \|/gm)].map(([, name]) => name);
    expect(alerts).toEqual(rules.map(({ alert }) => alert));
    const asked = metricsOf([...rules.map(({ expr }) => expr), ...panels.map(([, expr]) => expr)]);
    const names = [...asked].filter((name) => name.startsWith('latchkey_'));
    expect(names.filter((name) => !document.includes(name.replace(/_bucket$/, '')))).toEqual([]);
  });
});

describeWithPrometheus('Prometheus', () => {
  const directory = temporaryDirectory();
  let running: Awaited<ReturnType<typeof startPrometheus>>;

  beforeAll(async () => {
    cpSync(join(DEPLOY, 'prometheus'), directory.path, { recursive: true });
    writeFileSync(join(directory.path, 'metrics-token'), TOKEN);
    const file = join(directory.path, 'prometheus.yml');
    const config = parse(readFileSync(file, 'utf8')) as {
      scrape_configs: { authorization: object; static_configs: object[] }[];
    };
    // The same, by the token in a file, but for where the server is, and how often it is asked.
    writeFileSync(
      file,
      stringify({
        ...config,
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        scrape_configs: [
          {
            ...config.scrape_configs[0],
            authorization: { credentials_file: 'metrics-token' },
            static_configs: [{ targets: [new URL(server.url).host] }],
          },
        ],
      }),
    );
    running = await startPrometheus(prometheus?.path ?? '', file);
  });
  afterAll(async () => {
    await running.stop();
    directory.remove();
  });

  async function ask<T>(path: string): Promise<T> {
    const answer = (await (await fetch(`${running.url}/api/v1/${path}`)).json()) as {
      status: string;
      error?: string;
      data: T;
    };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }

  const rulesThere = async () =>
    (
      await ask<{
        groups: { rules: { name: string; health: string; state: string }[] }[];
      }>('rules')
    ).groups.flatMap((group) => group.rules);

  it('takes the rules and the configuration, as promtool checks them', async () => {
    await promtool('check', 'rules', join(DEPLOY, 'prometheus/latchkey.rules.yml'));
    // With the token's file in its place.
    await promtool('check', 'config', join(directory.path, 'prometheus.yml'));
    await promtool('check', 'config', '--syntax-only', join(DEPLOY, 'prometheus/prometheus.yml'));
  });

  it('fires each alert where it should, and not where it only might: the unit tests of the rules pass', async () => {
    await promtool('test', 'rules', join(DEPLOY, 'prometheus/latchkey.rules.test.yml'));
    const tested = parse(textOf('prometheus/latchkey.rules.test.yml')) as {
      tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    const cases = tested.tests.flatMap((test) => test.alert_rule_test);
    for (const { alert } of rules) {
      const fires = cases
        .filter(({ alertname }) => alertname === alert)
        .map((each) => each.exp_alerts.length);
      expect([alert, fires]).toEqual([alert, [1, 0]]);
    }
  });

  it(
    'scrapes a server by its token, and evaluates each rule without an error',
    async () => {
      await eventually(async () => {
        const there = await rulesThere();
        expect(there.map(({ name }) => name).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
        expect(there.filter(({ health }) => health !== 'ok')).toEqual([]);
        const { result } = await ask<{ result: { value: [number, string] }[] }>('query?query=up');
        expect(result.map(({ value }) => value[1])).toEqual(['1']);
        expect(there.filter(({ state }) => state !== 'inactive')).toEqual([]);
      });
    },
    PATIENCE,
  );

  it(
    'has an answer to each question of the dashboard',
    async () => {
      await eventually(async () => {
        const empty: string[] = [];
        for (const [title, expr] of panels) {
          const query = `query?query=${encodeURIComponent(filledIn(expr))}`;
          const { result } = await ask<{ result: unknown[] }>(query);
          if (result.length === 0) empty.push(`${title}: ${expr}`);
        }
        expect(empty).toEqual([]);
      });
    },
    PATIENCE,
  );
});
