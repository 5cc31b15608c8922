import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Documents on a free port of the loopback, each at its path; anything else is 404. */
export class IssuerServer {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** @param documents asked at each request, so that an answer is of that moment */
  static async start(documents: (url: string) => ReadonlyMap<string, object>): Promise<IssuerServer> {
    let url = '';
    const server = createServer((request, response) => {
      const document = documents(url).get(new URL(request.url ?? '/', url).pathname);
      const body = JSON.stringify(document ?? { error: 'not_found' });
      response.writeHead(document ? 200 : 404, { 'Content-Type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new IssuerServer(server, url);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }
}
