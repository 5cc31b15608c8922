import {
  AUDIT_SETTINGS,
  AUTHENTICATION_SETTINGS,
  ONE_TIME_TOKEN_SETTINGS,
  REGISTRATION_SETTINGS,
} from './accounts.js';
import { APP_SETTINGS } from './app.js';
import { HTTP_SETTINGS } from './http.js';
import { ACCOUNT_THROTTLING_SETTINGS, THROTTLING_SETTINGS } from './limits.js';
import { MAIL_SETTINGS } from './mail.js';
import { METRICS_SETTINGS } from './metrics.js';
import { BREACHED_PASSWORD_SETTINGS, PASSWORD_SETTINGS } from './passwords.js';
import { OAUTH_SETTINGS } from './oauth.js';
import { PAGES_SETTINGS } from './pages.js';
import type { Setting, ValuesOf } from './setting.js';
import { DATABASE_SETTINGS, REDIS_SETTINGS } from './stores.js';
import { TOKEN_SETTINGS } from './tokens.js';

/** All settings, in the order of the documents. */
export const SETTINGS = {
  app: APP_SETTINGS,
  http: HTTP_SETTINGS,
  database: DATABASE_SETTINGS,
  redis: REDIS_SETTINGS,
  tokens: TOKEN_SETTINGS,
  passwords: PASSWORD_SETTINGS,
  breachedPasswords: BREACHED_PASSWORD_SETTINGS,
  registration: REGISTRATION_SETTINGS,
  authentication: AUTHENTICATION_SETTINGS,
  oneTimeTokens: ONE_TIME_TOKEN_SETTINGS,
  mail: MAIL_SETTINGS,
  pages: PAGES_SETTINGS,
  oauth: OAUTH_SETTINGS,
  throttling: THROTTLING_SETTINGS,
  accountThrottling: ACCOUNT_THROTTLING_SETTINGS,
  audit: AUDIT_SETTINGS,
  metrics: METRICS_SETTINGS,
} as const;

/** What has been read of them. */
export type SettingValues = { readonly [G in keyof typeof SETTINGS]: ValuesOf<(typeof SETTINGS)[G]> };

export const ALL_SETTINGS: readonly Setting[] = Object.values(SETTINGS).flatMap((group) =>
  Object.values<Setting>(group),
);

/** What a setting is called among the options of `LatchkeyModule`: `accessTokenTtl` for `ACCESS_TOKEN_TTL`. */
export function optionNameOf({ name }: Pick<Setting, 'name'>): string {
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
