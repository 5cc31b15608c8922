import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** What an issuer, or an attacker in its place, answers at each path; anything else is 404. */
export class ScriptedIssuer {
  readonly answers = new Map<string, Answer>();
  /** Paths, in order. */
  readonly asked: string[] = [];

  private constructor(
    readonly url: string,
    private readonly server: ReturnType<typeof createServer>,
  ) {}

  static async start(port = 0): Promise<ScriptedIssuer> {
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      issuer.asked.push(path);
      const answer = issuer.answers.get(path);
      if (answer) answer(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const issuer = new ScriptedIssuer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    return issuer;
  }

  /** Answers with JSON. */
  give(path: string, body: unknown, headers: Record<string, string> = {}): void {
    this.answers.set(path, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
    });
  }

  /** As Latchkey's server does. */
  publish(keys: readonly unknown[], metadata: Record<string, unknown> = {}): void {
    this.give('/.well-known/oauth-authorization-server', {
      issuer: this.url,
      jwks_uri: `${this.url}/jwks`,
      ...metadata,
    });
    this.give('/jwks', { keys });
  }

  countOf(path: string): number {
    return this.asked.filter((one) => one === path).length;
  }

  /** As a network that fails: what is being answered ends. */
  endConnections(): void {
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }
}
