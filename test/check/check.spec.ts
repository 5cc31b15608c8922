import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const COPIED = [
  'src',
  'test',
  'bench',
  'docs',
  '.env.example',
  'package.json',
  'tsconfig.json',
  'tsconfig.browser.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'jest.config.js',
  '.dependency-cruiser.js',
  '.oxlintrc.json',
  '.prettierrc.json',
  'knip.json',
];

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** A copy of the project to break. Only `node_modules` is shared. */
class Copy {
  readonly path = mkdtempSync(join(tmpdir(), 'latchkey-check-'));

  constructor() {
    for (const name of COPIED) cpSync(name, join(this.path, name), { recursive: true });
    symlinkSync(join(process.cwd(), 'node_modules'), join(this.path, 'node_modules'));
  }

  write(path: string, source: string): void {
    mkdirSync(dirname(join(this.path, path)), { recursive: true });
    writeFileSync(join(this.path, path), source);
  }

  /** Runs a script of package.json. */
  run(script: string, ...paths: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = execFile(
        'npm',
        ['run', '--silent', script, ...(paths.length > 0 ? ['--', ...paths] : [])],
        { cwd: this.path, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } },
        (_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

describe('npm run check', () => {
  let copy: Copy;

  beforeAll(() => {
    copy = new Copy();
  });

  afterAll(() => {
    copy.remove();
  });

  it('finds every import of the project allowed', async () => {
    expect(await copy.run('check:boundaries')).toEqual({
      exitCode: 0,
      output: expect.stringContaining('no dependency violations found'),
    });
  });

  describe('refuses an import:', () => {
    const cases = [
      {
        of: 'tokens by users, be it of a type',
        rule: 'users-imports',
        file: 'src/users/seeded-tokens.ts',
        source: "export type { Session } from '../tokens/sessions/session.js';",
      },
      {
        of: 'users by tokens',
        rule: 'tokens-imports',
        file: 'src/tokens/keys/seeded-users.ts',
        source: "export { UsersService } from '../../users/users.service.js';",
      },
      {
        of: 'users by common',
        rule: 'common-imports',
        file: 'src/common/seeded-users.ts',
        source: "export { UsersService } from '../users/users.service.js';",
      },
      {
        of: 'a part of the configuration that is not for the module',
        rule: 'users-imports',
        file: 'src/users/seeded-config.ts',
        source: "export { TokensConfig } from '../config/config.js';",
      },
      {
        of: 'auth by a module yet to come that only verifies',
        rule: 'resource-server-imports',
        file: 'src/resource-server/seeded-auth.ts',
        source: "export { JwtStrategy } from '../auth/access/jwt.strategy.js';",
      },
      {
        of: 'even of what all share, by what runs in browsers',
        rule: 'client-stands-alone',
        file: 'src/client/seeded-duration.ts',
        source: "export { parseDuration } from '../common/duration.js';",
      },
      {
        of: 'the HTTP server by a module',
        rule: 'health-imports',
        file: 'src/health/seeded-http.ts',
        source: "export { reservePort } from '../http/free-port.js';",
      },
      {
        of: 'the application by what it is made of',
        rule: 'nothing-imports-app',
        file: 'src/auth/seeded-app.ts',
        source: "export { LatchkeyModule } from '../latchkey.module.js';",
      },
      {
        of: 'a folder that has no rules',
        rule: 'module-without-rule',
        file: 'src/start/seeded-stranger.ts',
        source: "export { stranger } from '../seeded/stranger.js';",
      },
      {
        of: 'itself by way of another file',
        rule: 'no-circle',
        file: 'src/users/seeded-here.ts',
        source: "export { there } from './seeded-there.js';\nexport const here = 1;",
      },
      {
        of: 'what supports the tests',
        rule: 'no-tests-in-src',
        file: 'src/users/seeded-support.ts',
        source: "export { OffsetClock } from '../../test/support/offset-clock.js';",
      },
      {
        of: 'a package that is there for development only',
        rule: 'no-dev-dependency',
        file: 'src/users/seeded-development.ts',
        source: "export { verify } from 'jsonwebtoken';",
      },
      {
        of: 'a package that is there by chance',
        rule: 'no-undeclared-dependency',
        file: 'src/users/seeded-chance.ts',
        source: "export { verify } from 'jws';",
      },
    ];
    let checked: Outcome;

    beforeAll(async () => {
      for (const { file, source } of cases) copy.write(file, source);
      copy.write(
        'src/users/seeded-there.ts',
        "export { here } from './seeded-here.js';\nexport const there = 2;",
      );
      // A type is enough.
      copy.write(
        'src/auth/access/seeded-flow.ts',
        "export type { ChangeEmailDto } from '../email-change/email-change.dto.js';",
      );
      copy.write(
        'src/tokens/keys/seeded-floor.ts',
        "export type { AccessGrant } from '../access/access-token-issuer.js';",
      );
      copy.write('src/seeded/stranger.ts', 'export const stranger = 3;');
      copy.write('src/users/seeded-alone.ts', 'export const alone = 4;');
      checked = await copy.run('check:boundaries');
    });

    it.each(cases)('$of', ({ rule, file }) => {
      expect(checked.exitCode).not.toBe(0);
      expect(checked.output).toContain(`error ${rule}: ${file} → `);
    });

    it.each(['src/auth/access', 'src/tokens/keys'])('%s of a folder that imports it in turn', (folder) => {
      expect(checked.output).toContain(`error no-circle-of-folders: ${folder} → `);
    });

    it('and a file that has to do with no other', () => {
      expect(checked.output).toContain('error no-orphan: src/users/seeded-alone.ts');
    });
  });

  describe('refuses code:', () => {
    const cases = [
      {
        with: 'the environment read outside src/config',
        rule: 'node(no-process-env)',
        file: 'src/users/seeded-environment.ts',
        source: "export const home: unknown = process.env['HOME'];",
      },
      {
        with: 'the environment taken out of process',
        rule: 'eslint(no-restricted-properties)',
        file: 'src/users/seeded-destructured.ts',
        source: 'const { env } = process;\nexport const all: unknown = env;',
      },
      {
        with: 'an any',
        rule: 'typescript(no-explicit-any)',
        file: 'src/users/seeded-any.ts',
        source: 'export const anything = (value: any): void => void value;',
      },
      {
        with: 'a value that is any without saying so',
        rule: 'typescript(no-unsafe-assignment)',
        file: 'src/users/seeded-unsafe.ts',
        source: "export const parsed = JSON.parse('{}');",
      },
      {
        with: 'a promise that is not awaited',
        rule: 'typescript(no-floating-promises)',
        file: 'src/users/seeded-floating.ts',
        source: 'Promise.resolve(1);',
      },
      {
        with: 'an HTTP exception where only errors with codes are thrown',
        rule: 'eslint(no-restricted-imports)',
        file: 'src/users/seeded-exception.ts',
        source: "export { NotFoundException } from '@nestjs/common';",
      },
      {
        with: 'a constructor of seven parameters',
        rule: 'eslint(max-params)',
        file: 'src/users/seeded-parameters.ts',
        source:
          'export class Seeded {\n' +
          '  constructor(readonly a: 1, readonly b: 1, readonly c: 1, readonly d: 1, readonly e: 1, readonly f: 1, readonly g: 1) {}\n}',
      },
      {
        with: 'a forwardRef',
        rule: 'eslint(no-restricted-imports)',
        file: 'src/users/seeded-forward-ref.ts',
        source: "import { forwardRef } from '@nestjs/common';\nexport const later: unknown = forwardRef;",
      },
    ];
    let checked: Outcome;

    beforeAll(async () => {
      const allowed = 'src/config/seeded-environment.ts';
      copy.write(allowed, "export const home: unknown = process.env['HOME'];");
      for (const { file, source } of cases) copy.write(file, source);
      checked = await copy.run('check:lint', '--format=unix', allowed, ...cases.map(({ file }) => file));
    });

    it.each(cases)('$with', ({ rule, file }) => {
      expect(checked.exitCode).not.toBe(0);
      const complaints = checked.output.split('\n').filter((line) => line.startsWith(`${file}:`));
      expect(complaints.join('\n')).toContain(`[Error/${rule}]`);
    });

    it('but lets src/config read the environment', () => {
      expect(checked.output).not.toContain('src/config/seeded-environment.ts');
    });
  });

  it.each(['docs/settings.md', '.env.example'])('refuses %s where it lacks a setting', async (path) => {
    const whole = readFileSync(path, 'utf8');
    copy.write(path, whole.replace(/^.*ACCESS_TOKEN_TTL.*\n/m, ''));
    const { exitCode, output } = await copy.run('check:documents');
    copy.write(path, whole);
    expect(exitCode).not.toBe(0);
    expect(output).toContain(`${path} does not say what the table of settings says`);
  });

  it('refuses what nothing uses: an export, a file', async () => {
    appendFileSync(join(copy.path, 'src/users/user.ts'), '\nexport const seededDeadExport = 5;\n');
    copy.write('src/users/seeded-dead-file.ts', "export { USER_ROLE } from './user.js';");
    const { exitCode, output } = await copy.run('check:unused');
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/^Unused files[^]*src\/users\/seeded-dead-file\.ts/m);
    expect(output).toMatch(/^Unused exports[^]*seededDeadExport +src\/users\/user\.ts/m);
  });
});
