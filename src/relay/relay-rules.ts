import { targetOfChannel, targetOfName, targetOfUrl } from './named-target.js';
import type { RelayOptions } from './relay-options.js';
import { RelayRefusedError } from './relay-refused.error.js';

/** The option `relay`, checked. */
export class RelayRules {
  readonly service: string;
  private readonly targets: ReadonlySet<string | undefined>;

  /** @param options in which `problemsOfRelay` finds nothing */
  constructor({ service, to = [], allowHttp = false }: RelayOptions) {
    this.service = service;
    this.targets = new Set(to.map((name) => targetOfName(name, allowHttp)));
  }

  /** @throws RelayRefusedError if no token may be sent there */
  requireUrl(url: URL): void {
    // Not the whole address: its path, query and user may be secrets.
    this.require(targetOfUrl(url), `${url.protocol}//${url.host}`);
  }

  /**
   * @param target as a client of gRPC says where its calls go
   * @throws RelayRefusedError if no token may be sent there
   */
  requireChannel(target: string): void {
    this.require(targetOfChannel(target), target);
  }

  private require(target: string | undefined, words: string): void {
    if (target !== undefined && this.targets.has(target)) return;
    throw new RelayRefusedError(
      'RELAY_HOST_NOT_NAMED',
      `The identity of a caller is not sent to ${words}: relay.to does not name it.`,
    );
  }
}
