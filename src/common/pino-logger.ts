import type { LoggerService } from '@nestjs/common';
import { withoutParameters } from './errors/without-parameters.js';
import { LogOutput } from './log-output.js';
import { activeSpan } from './tracing/tracing.js';
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
  private constructor(
    private readonly logger: Logger,
    private readonly output?: LogOutput,
  ) {}

  static async create({ level, json }: LogSettings): Promise<PinoLogger> {
    const options = { level, base: null, timestamp: stdTimeFunctions.isoTime };
    if (!json) return new PinoLogger(pino(options, await linesForPeople()));
    const output = new LogOutput();
    return new PinoLogger(pino(options, output), output);
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
    const { text, fields } = isEntry(message)
      ? { text: message.message, fields: fieldsOf(message) }
      : { text: message instanceof Error ? message.message : String(message), fields: {} };
    const span = activeSpan()?.spanContext();
    const details = {
      context,
      ...(span && { traceId: span.traceId, spanId: span.spanId }),
      ...fields,
      ...(typeof stack === 'string' && { stack: withoutParameters(stack) }),
    };
    this.logger[level](details, escapeControls(withoutParameters(text)));
    this.output?.wrote(level);
  }
}

/** A message with fields of its own. */
interface LogEntry {
  readonly message: string;
  readonly [field: string]: unknown;
}

function isEntry(message: unknown): message is LogEntry {
  if (typeof message !== 'object' || message === null || message instanceof Error) return false;
  return typeof (message as { message?: unknown }).message === 'string';
}

function fieldsOf({ message: _, ...fields }: LogEntry): Record<string, unknown> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    known.map(([name, value]) => [name, typeof value === 'string' ? escapeControls(value) : value]),
  );
}

/** Also what breaks lines in Unicode, or turns or hides what follows on a terminal. */
function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u{${character.codePointAt(0)?.toString(16)}}` : escaped;
  });
}

async function linesForPeople(): Promise<DestinationStream> {
  const { PinoPretty } = await import('pino-pretty');
  return PinoPretty({
    sync: true,
    colorize: process.stdout.isTTY,
    translateTime: 'UTC:HH:MM:ss',
    messageFormat: '[{context}] {msg}{if requestId} ({requestId}){end}',
    // Stands in the message, or is of use to programs.
    ignore:
      'context,requestId,traceId,spanId,method,path,status,milliseconds,ip,userAgent,error,reason,clientId,grantType',
  });
}
