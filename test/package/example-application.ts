import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { PackedApplication } from './packed-application.js';
import { ServedApplication } from './served-application.js';
import { TYPESCRIPT_7 } from './typescript.js';

interface Manifest {
  readonly version: string;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
}

const EXAMPLES = ['quickstart', 'extend', 'existing-app', 'from-passport-jwt', 'services'] as const;

const manifestIn = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;

/** An example with what its package.json has it install, built as its README says, but by the compiler that is faster. */
export async function buildExample(name: (typeof EXAMPLES)[number]): Promise<PackedApplication> {
  const application = await PackedApplication.ofWorkspace('examples', EXAMPLES, name);
  const [, ...options] = manifestIn(application.path).scripts['build']?.split(' ') ?? [];
  await application.node(TYPESCRIPT_7, ...options);
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

/** An application declares all that it imports, and has it in the major version that it asks for. */
export function expectDependencies({ path, tarball }: PackedApplication): void {
  const { latchkey, ...others } = manifestIn(path).dependencies;
  expect(latchkey).toBe(`file:${tarball.filename}`);
  const installed = Object.keys(others).map((name) => {
    const lookedIn = createRequire(join(path, 'package.json')).resolve.paths(name) ?? [];
    const found = lookedIn.map((parent) => join(parent, name)).find((each) => existsSync(each)) ?? '';
    return [name, manifestIn(found).version.split('.')[0]];
  });
  expect(installed).toEqual(Object.entries(others).map(([name, range]) => [name, /\d+/.exec(range)?.[0]]));
  const declared = new Set(['latchkey', ...Object.keys(others)]);
  expect(packagesImportedIn(path).filter((name) => !declared.has(name))).toEqual([]);
}

/** By its sources; not what is of Node. */
function packagesImportedIn(path: string): string[] {
  const sources = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^(?!node_modules|dist).*\.ts$/.test(name),
  );
  const imported = sources.flatMap((name) => {
    const text = readFileSync(join(path, name), 'utf8');
    return [...text.matchAll(/(?:\bfrom |\bimport )'((?:@[^/']+\/)?[^./'][^/']*)/g)].map(
      ([, found = '']) => found,
    );
  });
  return [...new Set(imported)].filter((name) => !name.startsWith('node:')).toSorted();
}
