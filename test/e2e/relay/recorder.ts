import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that notes what it is sent. `/elsewhere?to=…` leads to another address. */
export class Recorder {
  readonly received: IncomingHttpHeaders[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<Recorder> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const recorder = new Recorder(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', ({ headers, url = '/' }, response) => {
      recorder.received.push(headers);
      const to = new URL(url, recorder.url).searchParams.get('to');
      response.writeHead(to === null ? 200 : 307, to === null ? {} : { location: to }).end('answered');
    });
    return recorder;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
