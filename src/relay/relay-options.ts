import { targetOfName } from './named-target.js';
import { isServiceName } from './service-name.js';

/** The option `relay`. */
export interface RelayOptions {
  /** The name by which this service adds itself to the callers: letters, digits, `.`, `_` and `-`, 64 at most. */
  readonly service: string;
  /**
   * To whom tokens may be sent, to the letter: `https://billing.internal:8443` for an origin of HTTP, `grpcs://stock.internal:50051`
   * for a server of gRPC, `unix:/run/stock.sock` for a socket. `http://` and `grpc://` are for this machine. Default: to none.
   */
  readonly to?: readonly string[] | undefined;
  /** Takes `http://` and `grpc://` of other hosts than this machine, too, where the network is trusted. Default: `false`. */
  readonly allowHttp?: boolean | undefined;
}

const OPTIONS: readonly string[] = ['service', 'to', 'allowHttp'] satisfies (keyof RelayOptions)[];

/** What is wrong with an option `relay`, a line each. */
export function problemsOfRelay(relay: unknown): string[] {
  if (relay === undefined) return [];
  if (typeof relay !== 'object' || relay === null)
    return ["relay must be an object such as { service: 'orders', to: ['https://billing.internal'] }"];
  const { service, to = [], allowHttp = false } = relay as Record<string, unknown>;
  const unknown = Object.keys(relay).filter((name) => !OPTIONS.includes(name));
  const problems = unknown.map((name) => `relay.${name} is no option; there are ${OPTIONS.join(', ')}`);
  if (!isServiceName(service))
    problems.push('relay.service must be a name of letters, digits, ".", "_" and "-", 64 at most');
  if (typeof allowHttp !== 'boolean') problems.push('relay.allowHttp must be true or false');
  if (!Array.isArray(to)) return [...problems, 'relay.to must be a list of addresses'];
  const isTarget = (name: unknown) =>
    typeof name === 'string' && targetOfName(name, allowHttp === true) !== undefined;
  // Not the address itself: it may hold a password.
  return [
    ...problems,
    ...to.flatMap((name: unknown, index) =>
      isTarget(name)
        ? []
        : [
            `relay.to[${index}] must be an address such as https://billing.internal:8443, grpcs://stock.internal:50051 or ` +
              'unix:/run/stock.sock, without user, path or query; http:// and grpc:// are for this machine ' +
              '(relay.allowHttp: true where the network is trusted)',
          ],
    ),
  ];
}
