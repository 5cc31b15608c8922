import { MAIL_SETTINGS } from './mail.js';
import { APP_SETTINGS } from './app.js';
import type { Setting } from './setting.js';
import { DATABASE_SETTINGS, REDIS_SETTINGS } from './stores.js';
import type { SettingValues } from './table.js';
import { TOKEN_SETTINGS } from './tokens.js';

/** What settings ask of one another. */
interface Combination {
  /** The first is the one that is told of. Holds only where each of them is good in itself. */
  readonly of: readonly [Setting, ...Setting[]];
  readonly must: string;
  readonly broken: (values: SettingValues) => boolean;
}

export const COMBINATIONS: readonly Combination[] = [
  {
    of: [APP_SETTINGS.workers, DATABASE_SETTINGS.url],
    must: 'is more than 1, which needs DATABASE_URL: the embedded database belongs to one process',
    broken: ({ app, database }) => app.workers > 1 && database.url === undefined,
  },
  {
    of: [TOKEN_SETTINGS.appSecret, APP_SETTINGS.production],
    must: TOKEN_SETTINGS.appSecret.parser.must,
    broken: ({ app, tokens }) => app.production && tokens.appSecret === undefined,
  },
  {
    of: [TOKEN_SETTINGS.jwtSecret, TOKEN_SETTINGS.signingAlg],
    must: TOKEN_SETTINGS.jwtSecret.parser.must,
    broken: ({ tokens }) => tokens.signingAlg === 'HS256' && tokens.jwtSecret === undefined,
  },
  {
    of: [TOKEN_SETTINGS.signingKeyFiles, TOKEN_SETTINGS.signingAlg],
    must: 'cannot be used with SIGNING_ALG=HS256',
    broken: ({ tokens }) => tokens.signingAlg === 'HS256' && tokens.signingKeyFiles.length > 0,
  },
  {
    of: [TOKEN_SETTINGS.sessionStore, REDIS_SETTINGS.url],
    must: 'is redis, which needs REDIS_URL',
    broken: ({ tokens, redis }) => tokens.sessionStore === 'redis' && redis.url === undefined,
  },
  {
    of: [MAIL_SETTINGS.from, MAIL_SETTINGS.server],
    must: MAIL_SETTINGS.from.parser.must,
    broken: ({ mail }) => mail.server !== undefined && mail.from === undefined,
  },
];
