// What the package promises, from its sources: `npm run check:package`. With `--write` (`npm run api`), the report of
// each entry point's surface in docs/api/ is written instead of compared.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkPackage, Package } from '@arethetypeswrong/core';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { declarationsFrom } from '../../declarations.js';

/** Compiled for this alone, since `dist` may be older than the sources. */
const BUILT = resolve('dist/.package');
const REPORTS = resolve('docs/api');

/** @typedef {{ name: string, exports: Record<string, string | { types: string }>, version: string }} Manifest */
/** @type {Manifest} */
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

function compile() {
  mkdirSync(BUILT, { recursive: true });
  mkdirSync(REPORTS, { recursive: true });
  cpSync('package.json', join(BUILT, 'package.json'));
  const output = ['--outDir', join(BUILT, 'dist'), '--tsBuildInfoFile', join(BUILT, '.tsbuildinfo')];
  execFileSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', ...output],
    {
      stdio: 'inherit',
    },
  );
}

/** What a bundler or Node would stumble over in package.json. */
async function manifestProblems() {
  const { messages, pkg } = await publint({ pkgDir: BUILT, pack: false, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
}

/** Where types do not resolve, or are not those of the module that is loaded. */
async function typeProblems() {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  for (const entry of readdirSync(BUILT, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[`/node_modules/${manifest.name}${path.slice(BUILT.length)}`] = readFileSync(path);
  }
  const analysis = await checkPackage(new Package(files, manifest.name, manifest.version));
  if (!analysis.types) return ['Are the types wrong: there are none.'];
  return (
    analysis.problems
      // `require` loads ES modules on every Node that is supported; TypeScript's `node10` knows no `exports`.
      .filter((problem) => problem.kind !== 'CJSResolvesToESM')
      .filter((problem) => !('resolutionKind' in problem) || problem.resolutionKind !== 'node10')
      .map((problem) => `Are the types wrong: ${JSON.stringify(problem)}`)
  );
}

/** Whose declarations stop a compiler that checks those of libraries, or that an application need not have. */
const KEPT_TO_OURSELVES =
  /^(drizzle-orm|pg|@electric-sql|ioredis|nodemailer|pino|piscina|@node-rs|bcryptjs|bowser)\b/;

/** Declarations that an entry point leads to, and that import what is to stay within. @param {string} types */
function leaksFrom(types) {
  return [...declarationsFrom(BUILT, join(types))].flatMap(([path, packages]) =>
    packages
      .filter((name) => KEPT_TO_OURSELVES.test(name))
      .map((name) => `${path} declares with ${name}, which must not show in declarations.`),
  );
}

/**
 * @param {string} name as it is imported
 * @param {string} types
 * @param {boolean} write
 */
function reportProblems(name, types, write) {
  const file = name.replaceAll('/', '-');
  /** @type {string[]} */
  const problems = [];
  const { apiReportChanged } = Extractor.invoke(
    ExtractorConfig.prepare({
      packageJsonFullPath: join(BUILT, 'package.json'),
      configObjectFullPath: undefined,
      configObject: {
        projectFolder: BUILT,
        mainEntryPointFilePath: join(BUILT, types),
        compiler: { tsconfigFilePath: resolve('tsconfig.build.json') },
        newlineKind: 'lf',
        apiReport: {
          enabled: true,
          reportFileName: file,
          reportFolder: REPORTS,
          reportTempFolder: join(BUILT, 'api'),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
          // Docstrings are the house's; a report shows what they are about.
          extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
    }),
    {
      localBuild: write,
      messageCallback: (message) => {
        if (message.logLevel === ExtractorLogLevel.Error) problems.push(`API Extractor: ${message.text}`);
        message.handled = true;
      },
    },
  );
  if (apiReportChanged && !write) {
    problems.push(
      `docs/api/${file}.api.md is not what ${name} exports now: npm run api, and look at the difference.`,
    );
  }
  return problems;
}

const write = process.argv.includes('--write');
compile();
const problems = [...(await manifestProblems()), ...(await typeProblems())];
for (const [path, entry] of Object.entries(manifest.exports)) {
  if (typeof entry !== 'string') {
    problems.push(...leaksFrom(entry.types));
    problems.push(...reportProblems(join(manifest.name, path), entry.types, write));
  }
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
