import { once } from 'node:events';
import { Agent, createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Leads each request to the next of several servers, as a load balancer without sticky sessions does. */
export class RoundRobin {
  private targets: readonly string[] = [];
  private turn = 0;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(private readonly server: Server) {
    server.on('request', (incoming, answer) => {
      const target = this.targets[this.turn++ % this.targets.length];
      const forwarded = ask(
        new URL(incoming.url ?? '/', target),
        { method: incoming.method, headers: incoming.headers, agent: this.agent },
        (response) => {
          answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
          response.pipe(answer);
        },
      );
      forwarded.on('error', (error) => answer.destroy(error));
      incoming.pipe(forwarded);
    });
  }

  static async listen(): Promise<RoundRobin> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new RoundRobin(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** @param targets base URLs */
  leadTo(targets: readonly string[]): void {
    this.targets = targets;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
