import type { ExecutionContext } from '@nestjs/common';
import { Logger } from '../../common/nest.js';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { AccessTokenMissingError } from '../access.errors.js';
import { HTTP_TRANSPORT } from './http-transport.js';
import type { Transport } from './transport.js';

/** The kinds of calls whose callers the guards can know; HTTP is always among them. */
export class Transports {
  private readonly logger = new Logger('Access');
  private readonly complained = new Set<string>();

  private readonly http: Transport;

  private constructor(private readonly byType: ReadonlyMap<string, Transport>) {
    this.http = byType.get('http') ?? HTTP_TRANSPORT;
  }

  /**
   * HTTP, and those that are given.
   * @param transports the option of that name; a later one of a type stands in for an earlier one
   */
  static of(transports: readonly Transport[] = []): Transports {
    return new Transports(new Map([HTTP_TRANSPORT, ...transports].map((one) => [one.type, one])));
  }

  /**
   * The transport of a call.
   * @throws AccessTokenMissingError where there is none: no token can be found, so the call is refused
   */
  of(context: ExecutionContext): Transport {
    const type = context.getType();
    if (type === 'http') return this.http;
    const transport = this.byType.get(type);
    if (transport) return transport;
    this.complain(type);
    throw new AccessTokenMissingError();
  }

  /** @returns what is to be thrown in place of an error, in the words of the call's transport */
  refusal(error: unknown, context: ExecutionContext): unknown {
    if (!(error instanceof LatchkeyError)) return error;
    return this.byType.get(context.getType())?.refusal?.(error, context) ?? error;
  }

  /** Once, since it is the same for every call. */
  private complain(type: string): void {
    if (this.complained.has(type)) return;
    this.complained.add(type);
    this.logger.error(`Calls of the type ${type} are refused: the option transports has none for it.`);
  }
}
