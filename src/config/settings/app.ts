import { directory, integer, oneLine, oneOf } from './parsers.js';
import { type Settings, configOf } from './setting.js';

const environment = oneOf('development', 'production', 'test');

export const APP_SETTINGS = {
  production: {
    name: 'NODE_ENV',
    default: 'development',
    parser: {
      ...environment,
      parse: (text) => {
        const value = environment.parse(text);
        return value === undefined ? undefined : value === 'production';
      },
    },
    meaning:
      '`development`, `production` or `test`; in `production` a missing or weak `APP_SECRET` or `JWT_SECRET` stops the start, and logs are JSON',
  },
  name: {
    name: 'APP_NAME',
    default: 'Latchkey',
    parser: oneLine(),
    meaning: 'what people call the service, in mails, too; also a word that no password may consist of',
  },
  dataDir: {
    name: 'DATA_DIR',
    default: './data',
    parser: directory(),
    meaning: 'embedded database, generated secrets, mails',
  },
  logLevel: {
    name: 'LOG_LEVEL',
    default: 'info',
    parser: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    meaning: '`fatal`, `error`, `warn`, `info`, `debug` (every request), `trace`, `silent`',
    ofServer: 'give a logger to NestFactory.create',
  },
  workers: {
    name: 'WORKERS',
    default: '1',
    parser: integer(1, 256),
    meaning:
      'processes of the server that share the port ([more](operations.md#several-processes-on-one-machine)); more than one need `DATABASE_URL`',
    ofServer: 'start as many processes, and set hashWorkers',
  },
} as const satisfies Settings;

/** What the service is called, where its data are (an absolute path), how it logs, and in how many processes it runs. */
export abstract class AppConfig extends configOf(APP_SETTINGS) {}
