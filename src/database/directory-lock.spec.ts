import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { DirectoryInUseError, DirectoryLock } from './directory-lock.js';

const SOURCE = fileURLToPath(new URL('directory-lock.ts', import.meta.url));

/** Takes the lock when told to, says whether it has it, and keeps it while it lives. */
const CONTENDER = `
  import { DirectoryLock } from './directory-lock.mjs';
  process.stdin.on('data', (directory) => {
    try {
      DirectoryLock.acquire(String(directory));
      console.log('held');
    } catch (error) {
      console.log(error.name);
    }
  });
  console.log('ready');
`;

describe('DirectoryLock', () => {
  let parent: string;
  let directory: string;
  let lockFile: string;
  const locks: DirectoryLock[] = [];
  const processes: ChildProcess[] = [];

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'latchkey-test-'));
    directory = join(parent, 'database');
    lockFile = `${directory}.lock`;
  });

  afterEach(async () => {
    for (const lock of locks.splice(0)) lock.release();
    await Promise.all(processes.splice(0).map(kill));
    rmSync(parent, { recursive: true });
  });

  const acquire = () => {
    const lock = DirectoryLock.acquire(directory);
    locks.push(lock);
    return lock;
  };

  const leaveBehind = (holder: object, file = lockFile) =>
    writeFileSync(file, JSON.stringify({ id: 'a', pid: 1, host: hostname(), startedAt: '0', ...holder }));

  const writeContender = () => {
    const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, swcrc: false } as const;
    // Once: a contender that is starting may be reading them.
    if (!existsSync(join(parent, 'contender.mjs'))) {
      writeFileSync(join(parent, 'directory-lock.mjs'), transformFileSync(SOURCE, options).code);
      writeFileSync(join(parent, 'contender.mjs'), CONTENDER);
    }
  };

  const launch = async () => {
    writeContender();
    const child = spawn(process.execPath, ['contender.mjs'], { cwd: parent });
    processes.push(child);
    await once(child.stdout, 'data');
    return child;
  };

  const contend = async (child: ChildProcess) => {
    child.stdin?.write(directory);
    const [answer] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    return answer.toString().trim();
  };

  it('is held by one at a time, until it is released, and leaves nothing behind', () => {
    const first = acquire();
    expect(() => DirectoryLock.acquire(directory)).toThrow(
      new RegExp(
        `^The embedded database in ${directory} is in use by process ${process.pid} on ${hostname()}`,
      ),
    );
    first.release();
    acquire().release();
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is refused while the process that holds it lives, and taken over as soon as that was killed', async () => {
    const holder = await launch();
    expect(await contend(holder)).toBe('held');
    expect(() => DirectoryLock.acquire(directory)).toThrow(DirectoryInUseError);
    await kill(holder);
    acquire();
    expect(readFileSync(lockFile, 'utf8')).toContain(`"pid":${process.pid},`);
  });

  it('is taken over from a process that was killed and whose parent did not ask how it ended', async () => {
    // Elsewhere the system does not say so, and it is taken for alive.
    if (!existsSync('/proc/self/stat')) return;
    writeContender();
    // A shell that has become `sleep` waits for no child.
    const parting = 'exec 3<&0; "$0" contender.mjs <&3 & exec sleep 600 >&2';
    const child = spawn('sh', ['-c', parting, process.execPath], { cwd: parent });
    processes.push(child);
    await once(child.stdout, 'data');
    expect(await contend(child)).toBe('held');
    const { pid } = JSON.parse(readFileSync(lockFile, 'utf8')) as { pid: number };
    expect(acquire).toThrow(DirectoryInUseError);
    process.kill(pid, 'SIGKILL');
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')))
      await new Promise((resolve) => setImmediate(resolve));
    acquire();
  });

  it('goes to one of ten processes that find a dead holder at once', async () => {
    leaveBehind({ id: 'dead', pid: 2 ** 22 + 1 });
    // And one who died while it replaced that one.
    leaveBehind({ id: 'heir', pid: 2 ** 22 + 1 }, `${lockFile}.dead`);
    const contenders = await Promise.all(Array.from({ length: 10 }, launch));
    const answers = await Promise.all(contenders.map(contend));
    expect(answers.toSorted()).toEqual([...Array<string>(9).fill('DirectoryInUseError'), 'held']);
    expect(readdirSync(parent).filter((name) => name.includes('.lock'))).toEqual(['database.lock']);
  });

  it('is not mistaken for held when another process has got the pid of the dead holder', () => {
    leaveBehind({ pid: process.pid, startedAt: '1' });
    acquire();
  });

  it('is taken over from a holder on another host after 15 seconds of silence', () => {
    leaveBehind({ host: 'elsewhere' });
    expect(acquire).toThrow('is in use by process 1 on elsewhere');
    silence(14);
    expect(acquire).toThrow(DirectoryInUseError);
    silence(16);
    acquire();
  });

  it('is taken over from a file that a power cut left empty', () => {
    writeFileSync(lockFile, '');
    silence(16);
    acquire();
  });

  it('is left to who took it over', () => {
    const silenced = acquire();
    leaveBehind({ id: 'successor', pid: process.pid });
    silenced.release();
    expect(readFileSync(lockFile, 'utf8')).toContain('successor');
  });

  function silence(seconds: number): void {
    const then = Date.now() / 1000 - seconds;
    utimesSync(lockFile, then, then);
  }
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
