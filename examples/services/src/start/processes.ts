import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The services, each a process. Where one ends, all do. */
export class Processes {
  private readonly running = new Set<ChildProcess>();
  stopping = false;

  /** Resolves once it is up. @param name of its folder */
  async start(name: string, settings: Readonly<Record<string, string>>): Promise<void> {
    const file = fileURLToPath(new URL(`../${name}/main.js`, import.meta.url));
    const child = this.watch(name, fork(file, { env: { ...process.env, ...settings } }));
    await Promise.race([once(child, 'message'), failure(name, child)]);
  }

  /** Resolves once it answers. */
  async startGateway(
    haproxy: string,
    ports: Readonly<Record<'gateway' | 'auth' | 'shop', number>>,
  ): Promise<void> {
    const env = {
      ...process.env,
      GATEWAY_PORT: String(ports.gateway),
      AUTH_PORT: String(ports.auth),
      SHOP_PORT: String(ports.shop),
    };
    const configuration = fileURLToPath(new URL('../../haproxy.cfg', import.meta.url));
    const gateway = spawn(haproxy, ['-f', configuration], { env, stdio: 'inherit' });
    const child = this.watch('gateway', gateway);
    await Promise.race([
      untilAnswered(child, `http://127.0.0.1:${ports.gateway}`),
      failure('gateway', child),
    ]);
  }

  /** Ends all of them; this process ends after them. */
  stop(): void {
    this.stopping = true;
    for (const child of this.running) child.kill();
  }

  private watch(name: string, child: ChildProcess): ChildProcess {
    this.running.add(child);
    child.once('exit', (code, signal) => {
      this.running.delete(child);
      if (this.stopping) return;
      console.error(`${name} has ended (${signal ?? `exit code ${code}`}), and so do all others.`);
      process.exitCode = 1;
      this.stop();
    });
    return child;
  }
}

async function failure(name: string, child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error(`${name} did not start.`);
}

/** Or until it has ended. */
async function untilAnswered(child: ChildProcess, url: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    await fetch(url);
  } catch {
    await setTimeout(50);
    await untilAnswered(child, url);
  }
}
