import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeTemporaryDirectories } from './temporary-directory.js';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { User } from './unprivileged-user.js' */

/**
 * @typedef {object} Started
 * @property {string} name
 * @property {ChildProcess} child
 * @property {NodeJS.Signals} stopSignal
 * @property {string} logFile
 * @property {Promise<string>} ended how it ended, once it has
 */

const UP_WITHIN_MS = 20_000;
const DOWN_WITHIN_MS = 5_000;

/** @type {Set<Started>} */
const alive = new Set();

/**
 * Starts a program that `stopProcesses` will stop, in its own directory and logging to a file there:
 * a pipe would keep Jest from exiting.
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.command
 * @param {string[]} options.args
 * @param {string} options.directory
 * @param {User | undefined} [options.user]
 * @param {string} [options.input]
 * @param {NodeJS.Signals} [options.stopSignal]
 * @returns {Started}
 */
export function startProcess({ name, command, args, directory, user, input = '', stopSignal = 'SIGTERM' }) {
  stopEverythingOnExit();
  const logFile = join(directory, `${name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd: directory, stdio: ['pipe', log, log], ...user });
  closeSync(log);
  child.unref();
  // The program may end before it has read its input; how it ended says more than EPIPE does.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);

  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const started = { name, child, stopSignal, logFile, ended };
  alive.add(started);
  void ended.then(() => alive.delete(started));
  return started;
}

/**
 * Waits for a program that does its work and ends.
 * @param {Started} started
 */
export async function untilDone(started) {
  started.child.ref();
  const how = await started.ended;
  if (started.child.exitCode !== 0) throw new Error(withLogTail(started, `failed (${how})`));
}

/**
 * Asks a server until it answers, and returns the answer.
 * @template Answer
 * @param {Started} started
 * @param {() => Promise<Answer>} ask
 */
export async function untilItAnswers(started, ask) {
  const deadline = Date.now() + UP_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!alive.has(started)) {
        throw new Error(withLogTail(started, `ended (${await started.ended})`), { cause: error });
      }
      if (Date.now() > deadline) {
        throw new Error(withLogTail(started, `did not answer: ${String(error)}`), { cause: error });
      }
      await sleep(50);
    }
  }
}

/** Stops what was started here, nothing else, and waits until it is gone. */
export async function stopProcesses() {
  await Promise.all([...alive].map(stop));
}

/**
 * Ends it as a power cut would, and waits until it is gone.
 * @param {Started} started
 */
export async function killProcess({ child, ended }) {
  child.ref();
  child.kill('SIGKILL');
  await ended;
}

/** @param {Started} started */
export async function stop({ child, stopSignal, ended }) {
  child.ref();
  child.kill(stopSignal);
  const lastResort = setTimeout(() => child.kill('SIGKILL'), DOWN_WITHIN_MS);
  await ended;
  clearTimeout(lastResort);
}

/**
 * @param {Started} started
 * @param {string} what
 */
function withLogTail({ name, logFile }, what) {
  const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
  return `${name} ${what}. The end of its log:\n${tail}`;
}

let watchesForExit = false;

/** A run that is interrupted, or that calls process.exit, never gets to the global teardown. */
function stopEverythingOnExit() {
  if (watchesForExit) return;
  watchesForExit = true;
  const stopNow = () => {
    for (const { child, stopSignal } of alive) child.kill(stopSignal);
    removeTemporaryDirectories();
  };
  process.once('exit', stopNow);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      stopNow();
      process.kill(process.pid, signal);
    });
  }
}
