import type { LoggerService } from '@nestjs/common';
import { withoutParameters } from './errors/without-parameters.js';
import { type DestinationStream, pino, stdTimeFunctions, type Level, type Logger } from 'pino';

export interface LogSettings {
  readonly level: Level | 'silent';
  /** One JSON object a line; otherwise lines for people. */
  readonly json: boolean;
}

/** What Nest itself tells of its start: of use only when looking for a fault. Why a start failed is told by `start`. */
const FRAMEWORK_CONTEXTS = new Set<unknown>([
  'ExceptionHandler',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** Nest's logger on pino. Times are UTC; control characters are escaped, so that no message forges a line. */
export class PinoLogger implements LoggerService {
  private constructor(private readonly logger: Logger) {}

  static async create({ level, json }: LogSettings): Promise<PinoLogger> {
    const options = { level, base: null, timestamp: stdTimeFunctions.isoTime };
    return new PinoLogger(json ? pino(options) : pino(options, await linesForPeople()));
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK_CONTEXTS.has(rest.at(-1)) ? 'debug' : 'error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the context last, and a stack before it. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.length > 0 ? rest.at(-1) : undefined;
    const stack = rest.length > 1 ? rest[0] : message instanceof Error ? message.stack : undefined;
    const text = message instanceof Error ? message.message : String(message);
    const details = { context, ...(typeof stack === 'string' && { stack: withoutParameters(stack) }) };
    this.logger[level](details, escapeControls(withoutParameters(text)));
  }
}

function escapeControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

async function linesForPeople(): Promise<DestinationStream> {
  const { PinoPretty } = await import('pino-pretty');
  return PinoPretty({
    sync: true,
    colorize: process.stdout.isTTY,
    translateTime: 'UTC:HH:MM:ss',
    messageFormat: '[{context}] {msg}',
    ignore: 'context',
  });
}
