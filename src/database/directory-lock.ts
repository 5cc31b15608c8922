import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

const HEARTBEAT = 2_000;
/** States of /proc/PID/stat of a process that is no more: zombie, dead. */
const ENDED = new Set(['Z', 'X', 'x']);
/** A holder on another host, whose process cannot be asked, counts as gone after this silence. */
const SILENCE = 15_000;

interface Holder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same pid; null where the system does not say. */
  readonly startedAt: string | null;
}

/** What a power cut can leave; a process that lives has written its file whole. */
const UNREADABLE: Holder = { id: 'unreadable', pid: 0, host: 'an unknown host', startedAt: null };

/** Another process has the directory open. */
export class DirectoryInUseError extends Error {
  constructor(directory: string, holder: Holder) {
    super(
      `The embedded database in ${directory} is in use by process ${holder.pid} on ${holder.host}. ` +
        'Stop it, choose another DATA_DIR, or set DATABASE_URL to a PostgreSQL that several processes can share.',
    );
    this.name = 'DirectoryInUseError';
  }
}

/**
 * One process a directory. The lock file names its holder; one whose holder was killed is taken over at once on the
 * same host, and after 15 s of silence where the holder was on another host (a container that shares the volume).
 */
export class DirectoryLock {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly holder: Holder,
  ) {
    this.heartbeat = setInterval(() => this.touch(), HEARTBEAT).unref();
  }

  /** @throws DirectoryInUseError */
  static acquire(directory: string): DirectoryLock {
    const path = `${directory}.lock`;
    const self: Holder = {
      id: randomUUID(),
      pid: process.pid,
      host: hostname(),
      startedAt: startTimeOf(process.pid),
    };
    const other = take(path, self);
    if (other) throw new DirectoryInUseError(directory, other);
    return new DirectoryLock(path, self);
  }

  release(): void {
    clearInterval(this.heartbeat);
    if (readHolder(this.path)?.id === this.holder.id) rmSync(this.path, { force: true });
  }

  private touch(): void {
    const holder = readHolder(this.path);
    if (holder !== undefined && holder.id !== this.holder.id) {
      // This process was suspended for so long that another took over: one more write would corrupt the database.
      process.stderr.write(`${this.path} is held by process ${holder.pid} on ${holder.host} now; exiting.\n`);
      process.exit(1);
    }
    const now = new Date();
    try {
      utimesSync(this.path, now, now);
    } catch {
      // The directory was removed under us; the database will say so.
    }
  }
}

/** Puts `self` into the lock file, or returns the living holder who is in it. */
function take(path: string, self: Holder): Holder | undefined {
  // The file appears complete: written aside, then linked to its name (which fails if that is taken) or moved over it.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify(self), { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      if (tryLink(draft, path)) return undefined;
      const other = readHolder(path);
      if (other === undefined) continue;
      if (isAlive(other, path)) return other;
      // Replaced under a lock of its own, named after it: of several who find it dead, only one replaces it, and none
      // the one who did.
      const succession = `${path}.${other.id}`;
      const rival = take(succession, self);
      if (rival) return rival;
      const succeeded = succeed(other, draft, path);
      rmSync(succession, { force: true });
      if (succeeded) return undefined;
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function succeed(other: Holder, draft: string, path: string): boolean {
  if (readHolder(path)?.id !== other.id) return false;
  renameSync(draft, path);
  return true;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(holder) ? holder : UNREADABLE;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return UNREADABLE;
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  const { id, pid, host } = (value ?? {}) as Partial<Record<keyof Holder, unknown>>;
  return typeof id === 'string' && typeof pid === 'number' && typeof host === 'string';
}

function isAlive(holder: Holder, path: string): boolean {
  if (holder.host !== hostname()) {
    return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < SILENCE;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = statOf(holder.pid);
  // Ended, and its parent has not asked how: it has a pid, and writes no more.
  if (stat && ENDED.has(stat.state)) return false;
  return !stat || holder.startedAt === null || stat.startedAt === holder.startedAt;
}

function startTimeOf(pid: number): string | null {
  return statOf(pid)?.startedAt ?? null;
}

/**
 * Linux: fields 3 and 22 of /proc/PID/stat.
 * @returns state (one letter), and clock ticks between boot and the start of the process
 */
function statOf(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
