import { Injectable } from '@nestjs/common';
import type { HttpRequest } from '../../common/client-info.js';
import { AppConfig, AccountThrottlingConfig, HttpConfig } from '../../config/config.js';
import { type DeviceToken, TrustedDeviceTokens } from '../../throttling/account/trusted-device-tokens.js';
import { emailKey, type User } from '../../users/user.js';
import { UsersRepository } from '../../users/users.repository.js';
import { ApiPaths } from '../cookies/api-paths.js';
import { Cookie } from '../cookies/cookie.js';
import { cookieSecurityOf } from '../cookies/cookie-security.js';
import { type CookieResponse, setCookies } from '../cookies/set-cookies.js';

/** The only route that reads it. */
const ROUTE = 'auth/login';
/** Of one name a browser sends few, by their paths. */
const LOOKED_AT = 5;

/** Carries the recognised device's token: a cookie that scripts cannot read and other sites cannot send. */
@Injectable()
export class DeviceCookie {
  private readonly cookie: Cookie;
  private readonly lifetime: number;

  constructor(
    private readonly devices: TrustedDeviceTokens,
    private readonly users: UsersRepository,
    app: AppConfig,
    http: HttpConfig,
    { knownDeviceTtl }: AccountThrottlingConfig,
    paths: ApiPaths,
  ) {
    const secure = cookieSecurityOf(app, http) === 'secure';
    // Not `__Host-`, which asks for the path of the whole site.
    this.cookie = new Cookie(`${secure ? '__Secure-' : ''}lk_device`, {
      path: () => paths.of(ROUTE),
      httpOnly: true,
      secure,
      sameSite: 'strict',
    });
    this.lifetime = Math.floor(knownDeviceTtl / 1000);
  }

  /**
   * Looks for the account only for who has a genuine token of it, and so knows of it already.
   * @returns undefined unless the account was logged in to on the device with the password that it has now
   */
  async read(request: HttpRequest, email: string): Promise<DeviceToken | undefined> {
    const account = emailKey(email);
    const tokens = this.cookie
      .valuesIn(request)
      .slice(0, LOOKED_AT)
      .map((token) => this.devices.read(token, account))
      .filter((token) => token !== undefined);
    if (tokens.length === 0) return undefined;
    const user = await this.users.findByEmail(email);
    const credential = user ? credentialOf(user) : '';
    return tokens.find((token) => this.devices.fits(token, credential));
  }

  /** @param device that is recognised already */
  write(response: CookieResponse, user: User, device?: DeviceToken): void {
    const owner = { account: emailKey(user.email), credential: credentialOf(user) };
    setCookies(response, [this.cookie.line(this.devices.issue(owner, device?.number), this.lifetime)]);
  }
}

/** Another password, another account: another credential. */
function credentialOf({ id, passwordHash }: User): string {
  return `${id}\0${passwordHash}`;
}
