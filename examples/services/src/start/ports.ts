import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * The port of each service: its setting (`AUTH_PORT`, `SHOP_PORT` …), where `0` is any free one, or the default.
 * @throws Error that names the setting, if another program has it
 */
export async function choosePorts<Name extends string>(
  defaults: Readonly<Record<Name, number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(defaults) as Name[];
  const opened = await Promise.allSettled(
    names.map((name) => {
      const setting = `${name.toUpperCase()}_PORT`;
      return listenOn(setting, Number(process.env[setting] ?? defaults[name]));
    }),
  );
  const servers = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const taken = opened.find((each) => each.status === 'rejected');
  if (taken) throw taken.reason;
  return Object.fromEntries(names.map((name, index) => [name, ports[index]])) as Record<Name, number>;
}

async function listenOn(setting: string, port: number): Promise<Server> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? `port ${port} is taken by another program` : `${port}: ${code}`;
    throw new Error(`${setting}: ${why}. Set it to another, or to 0 for any that is free.`, { cause: error });
  }
  return server;
}
