import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const HEADER = 12;
const TYPE_A = 1;
const NAME_ERROR = 3;

/** A name server on loopback that knows the IPv4 addresses that it is told (RFC 1035). */
export async function startNameServer() {
  const addresses = new Map<string, string>();
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => socket.send(answer(query, addresses), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    addresses,
    close: () => void socket.close(),
  };
}

function answer(query: Buffer, addresses: ReadonlyMap<string, string>): Buffer {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  const end = at + 5;
  const known = addresses.get(labels.join('.'));
  const hasAnswer = known !== undefined && query.readUInt16BE(at + 1) === TYPE_A;
  const header = Buffer.alloc(HEADER);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (known === undefined ? NAME_ERROR : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAnswer ? 1 : 0, 6);
  const parts = [header, query.subarray(HEADER, end)];
  // The name of the question, A, IN, one second, four bytes.
  if (hasAnswer)
    parts.push(
      Buffer.from([0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4, ...known.split('.').map(Number)]),
    );
  return Buffer.concat(parts);
}
