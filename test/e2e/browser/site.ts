import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as send,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** What was asked of the API through a site, and how it answered. */
export interface Exchange {
  readonly asked: string;
  readonly withCookies: boolean;
  readonly status: number;
}

/** A web site: one page, and below `/api` whatever it stands in front of. */
export interface Site {
  readonly origin: string;
  readonly exchanges: Exchange[];
  /** The server behind `/api`. */
  standBefore(url: string): void;
  close(): Promise<void>;
}

export async function startSite(hostname: string, html: string, certificate?: Certificate): Promise<Site> {
  const exchanges: Exchange[] = [];
  let behind: string | undefined;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    if (behind === undefined || !request.url?.startsWith('/api/')) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
      return;
    }
    const { method, headers, url } = request;
    const forwarded = send(behind + url, { method, headers }, (answered) => {
      const status = answered.statusCode ?? 0;
      exchanges.push({ asked: `${method} ${url}`, withCookies: headers.cookie !== undefined, status });
      response.writeHead(status, answered.headers);
      answered.pipe(response);
    });
    forwarded.on('error', (error) => response.destroy(error));
    request.pipe(forwarded);
  };
  const server: Server = certificate ? createTlsServer(certificate, answer) : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${certificate ? 'https' : 'http'}://${hostname}:${port}`,
    exchanges,
    standBefore: (url) => {
      behind = url;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
