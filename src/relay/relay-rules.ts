import { isNamedByTls, targetOfChannel, targetOfName, targetOfUrl } from './named-target.js';
import type { RelayOptions } from './relay-options.js';
import { RelayRefusedError } from './relay-refused.error.js';

/** The option `relay`, checked. */
export class RelayRules {
  readonly service: string;
  private readonly targets: ReadonlySet<string | undefined>;
  /** Those of gRPC that a token may reach unencrypted. */
  private readonly withoutTls: ReadonlySet<string | undefined>;

  /** @param options in which `problemsOfRelay` finds nothing */
  constructor({ service, to = [], allowHttp = false }: RelayOptions) {
    const targetsOf = (names: readonly string[]) =>
      new Set(names.map((name) => targetOfName(name, allowHttp)));
    this.service = service;
    this.targets = targetsOf(to);
    this.withoutTls = targetsOf(to.filter((name) => !isNamedByTls(name)));
  }

  /** @throws RelayRefusedError if no token may be sent there */
  requireUrl(url: URL): void {
    // Not the whole address: its path, query and user may be secrets.
    this.require(targetOfUrl(url), `${url.protocol}//${url.host}`);
  }

  /**
   * @param channel as a client of gRPC says where its calls go
   * @param encrypted whether its credentials are known to encrypt
   * @throws RelayRefusedError if no token may be sent there, or not without TLS
   */
  requireChannel(channel: string, encrypted: boolean): void {
    const target = targetOfChannel(channel);
    this.require(target, channel);
    if (encrypted || this.withoutTls.has(target)) return;
    throw new RelayRefusedError(
      'RELAY_WITHOUT_TLS',
      `relay.to names ${channel} by grpcs://: say relayIdentity({ credentials }), with the credentials of the client, which encrypt.`,
    );
  }

  private require(target: string | undefined, words: string): void {
    if (target !== undefined && this.targets.has(target)) return;
    throw new RelayRefusedError(
      'RELAY_HOST_NOT_NAMED',
      `The identity of a caller is not sent to ${words}: relay.to does not name it.`,
    );
  }
}
