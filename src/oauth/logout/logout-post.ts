import { lookup, type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type BlockList, isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { AppConfig, OAuthConfig } from '../../config/config.js';
import { isLoopback } from '../../config/loopback.js';
import { isIn, isPublicAddress, listOf } from './public-addresses.js';

/** Milliseconds, from the look-up of the host to the head of the answer. */
const TIMEOUT = 5_000;
const LOOPBACK = listOf(['127.0.0.0/8', '::1']);

/** A client was not told. Its message has neither the token nor the client's answer. */
class LogoutNotAcceptedError extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'LogoutNotAcceptedError';
  }
}

/**
 * Posts logout tokens to the addresses that clients have for them. What a client may have the server ask is no way into its network
 * (CWE-918): it is `https`, asked at addresses of the Internet or of `OAUTH_LOGOUT_NETWORKS` alone, no redirection is followed, and
 * nothing of the answer but its status is read. Outside of production, this machine may be asked, too, and without TLS.
 */
@Injectable()
export class LogoutPost {
  private readonly allowed: BlockList;

  constructor(
    private readonly app: AppConfig,
    { logoutNetworks }: OAuthConfig,
  ) {
    this.allowed = listOf(logoutNetworks);
  }

  /** @throws LogoutNotAcceptedError */
  async send(uri: string, token: string, abandon: AbortSignal): Promise<void> {
    const url = new URL(uri);
    this.refuseAddress(url);
    const body = new URLSearchParams({ logout_token: token }).toString();
    const status = await this.post(url, body, AbortSignal.any([abandon, AbortSignal.timeout(TIMEOUT)]));
    if (status < 200 || status > 299) throw new LogoutNotAcceptedError(`answered ${status}`);
  }

  private async post(url: URL, body: string, signal: AbortSignal): Promise<number> {
    const options: RequestOptions = {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': Buffer.byteLength(body),
      },
      agent: false,
      lookup: this.lookup,
      signal,
    };
    const sent = url.protocol === 'https:' ? requestHttps(url, options) : requestHttp(url, options);
    try {
      sent.end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      return answer.statusCode ?? 0;
    } catch (error) {
      if (error instanceof LogoutNotAcceptedError) throw error;
      if (signal.aborted) throw new LogoutNotAcceptedError('no answer in time');
      throw new LogoutNotAcceptedError((error as NodeJS.ErrnoException).code ?? 'no connection');
    } finally {
      sent.destroy();
    }
  }

  /** Of a host that is an address nothing is looked up. */
  private refuseAddress({ protocol, hostname }: URL): void {
    if (protocol !== 'https:' && (this.app.production || !isLoopback(hostname)))
      throw new LogoutNotAcceptedError('its address has no TLS');
    const host = hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) this.refuse([host]);
  }

  private refuse(addresses: readonly string[]): void {
    if (!addresses.every((address) => this.mayAsk(address)))
      throw new LogoutNotAcceptedError('its host is none of the Internet, nor of OAUTH_LOGOUT_NETWORKS');
  }

  private mayAsk(address: string): boolean {
    if (isPublicAddress(address) || isIn(this.allowed, address)) return true;
    return !this.app.production && isIn(LOOPBACK, address);
  }

  /** What is connected to is what was looked at: a name that changes its address in between gains nothing. */
  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      try {
        if (error) throw error;
        this.refuse(found.map(({ address }) => address));
        const [first] = found;
        if (options.all) callback(null, found);
        else callback(null, first?.address ?? '', first?.family);
      } catch (refused) {
        callback(refused as NodeJS.ErrnoException, []);
      }
    });
  };
}
