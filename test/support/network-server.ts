import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Something that listens on a port of this machine and is not what it is taken for. */
export class NetworkServer {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    });
  }

  /** @param connected what it does with each connection; nothing: it keeps silent */
  static async start(connected: (socket: Socket) => void = () => undefined): Promise<NetworkServer> {
    const server = createServer(connected);
    const started = new NetworkServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Lets every client in, and answers each of its statements with one error, as PostgreSQL would say it. */
export function refusingPostgres(sqlState: string, message: string): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', (data) => {
      if (data[0] === 0) socket.write(Buffer.concat([packet('R', int32(0)), READY]));
      else if (data[0] === 'X'.charCodeAt(0)) socket.end();
      else socket.write(Buffer.concat([refusal(sqlState, message), READY]));
    });
  };
}

const READY = packet('Z', Buffer.from('I'));

function refusal(sqlState: string, message: string): Buffer {
  const fields = ['SERROR', 'VERROR', `C${sqlState}`, `M${message}`];
  return packet('E', Buffer.from(`${fields.join('\0')}\0\0`));
}

function packet(kind: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(kind), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
