import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { PackedApplication } from './packed-application.js';
import { ServedApplication } from './served-application.js';

interface Manifest {
  readonly version: string;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
}

const manifestIn = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;

/**
 * A copy of an example with what it installs, built as its README says.
 * @param types packages of declarations that it has beside the base's
 */
export async function buildExample(name: string, ...types: readonly string[]): Promise<PackedApplication> {
  const application = await PackedApplication.create(...types);
  cpSync(join('examples', name), application.path, { recursive: true });
  const [compiler = '', ...options] = manifestIn(application.path).scripts['build']?.split(' ') ?? [];
  await application.node(join(process.cwd(), 'node_modules/typescript/bin', compiler), ...options);
  return application;
}

/** As `npm start` does, or another script, but without npm. */
export function startExample(
  application: PackedApplication,
  environment?: Readonly<Record<string, string>>,
  script = 'start',
): Promise<ServedApplication> {
  const [, file = ''] = /node (\S+)$/.exec(manifestIn(application.path).scripts[script] ?? '') ?? [];
  return ServedApplication.start(application, file, environment);
}

/** What an application needs is found from where it is, in the major version that it asks for. */
export function expectDependencies({ path, tarball }: PackedApplication): void {
  const { latchkey, ...others } = manifestIn(path).dependencies;
  expect(latchkey).toBe(`file:${tarball.filename}`);
  const installed = Object.keys(others).map((name) => {
    const lookedIn = createRequire(join(path, 'package.json')).resolve.paths(name) ?? [];
    const found = lookedIn.map((parent) => join(parent, name)).find((each) => existsSync(each)) ?? '';
    return [name, manifestIn(found).version.split('.')[0]];
  });
  expect(installed).toEqual(Object.entries(others).map(([name, range]) => [name, /\d+/.exec(range)?.[0]]));
}
