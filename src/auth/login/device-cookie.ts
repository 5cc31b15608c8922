import { Injectable } from '@nestjs/common';
import type { HttpRequest, HttpResponse } from '../../common/client-info.js';
import { AccountThrottlingConfig, HttpConfig } from '../../config/slices.js';
import { KnownDevices } from '../../throttling/account/known-devices.js';
import { emailKey } from '../../users/user.js';

/** The only route that reads it. */
const PATH = '/api/auth/login';
const NAME = 'lk_device';
/** Of one name a browser sends few, by their paths. */
const LOOKED_AT = 5;

/** An answer of Express, which otherwise replaces a header of the same name; Fastify adds cookies to those before. */
interface AppendingResponse extends HttpResponse {
  append?(name: string, value: string): unknown;
}

/** Carries the known device's token: a cookie that scripts cannot read and other sites cannot send. */
@Injectable()
export class DeviceCookie {
  private readonly name: string;
  private readonly attributes: string;

  constructor(
    private readonly devices: KnownDevices,
    http: HttpConfig,
    { knownDeviceTtl }: AccountThrottlingConfig,
  ) {
    const secure = http.publicUrl.startsWith('https:');
    // Not `__Host-`, which asks for the path of the whole site.
    this.name = secure ? `__Secure-${NAME}` : NAME;
    const lifetime = Math.floor(knownDeviceTtl / 1000);
    this.attributes = `Max-Age=${lifetime}; Path=${PATH}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  }

  /** @returns the device's id, if the account was logged in to on it */
  read({ headers }: HttpRequest, email: string): string | undefined {
    const account = emailKey(email);
    return this.valuesIn(headers['cookie'])
      .map((token) => this.devices.recognise(token, account))
      .find((id) => id !== undefined);
  }

  /** @param id of a device that is known already */
  write(response: HttpResponse, email: string, id?: string): void {
    const cookie = `${this.name}=${this.devices.issue(emailKey(email), id)}; ${this.attributes}`;
    const appending: AppendingResponse = response;
    if (appending.append) appending.append('Set-Cookie', cookie);
    else response.header('Set-Cookie', cookie);
  }

  private valuesIn(header: string | string[] | undefined): string[] {
    if (typeof header !== 'string') return [];
    const start = `${this.name}=`;
    const cookies = header.split(';').map((cookie) => cookie.trim());
    return cookies
      .filter((cookie) => cookie.startsWith(start))
      .slice(0, LOOKED_AT)
      .map((cookie) => cookie.slice(start.length));
  }
}
