import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map, Observable } from 'rxjs';
import { Injectable } from '../common/nest.js';
import { RequestTokens } from '../access/request-tokens.js';
import { callerOf } from '../access/transports/caller.js';
import { Transports } from '../access/transports/transports.js';
import { CurrentCall, currentCalls, type ReceivedCall } from './current-call.js';
import { RelayRules } from './relay-rules.js';
import { bindArguments, boundEvents, type Within } from './within-call.js';

/** The names that Fastify counts, which are of one process: `req-1`. */
const COUNTED = /^req-[0-9a-z]+$/;

/** Notes for each call, once the guards have let it in, on whose behalf others are made for it. */
@Injectable()
export class RelayInterceptor implements NestInterceptor {
  constructor(
    private readonly transports: Transports,
    private readonly tokens: RequestTokens,
    private readonly rules: RelayRules,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = new CurrentCall(this.received(context), this.rules);
    const within: Within = (work) => currentCalls.run(call, work);
    const type = context.getType<string>();
    if (type === 'rpc') bindArguments(context.getArgs<unknown[]>(), within);
    // What the handler gives may do its work only when it is listened to.
    const answers = new Observable<unknown>((subscriber) =>
      within(() => next.handle().subscribe(subscriber)),
    );
    return type === 'graphql' ? answers.pipe(map((answer) => boundEvents(answer, within))) : answers;
  }

  /** All of it is asked when it is needed: most calls make no other. */
  private received(context: ExecutionContext): ReceivedCall {
    const transport = () => this.transports.of(context);
    const request = () => transport().requestOf(context);
    return {
      header: (name) => textOf(request()?.headers[name]) ?? transport().headerOf?.(context, name),
      id: () => {
        const id = textOf(request()?.id);
        return id === undefined || COUNTED.test(id) ? undefined : id;
      },
      // What no guard has looked at is relayed to no one.
      hasCaller: () => callerOf(context) !== undefined,
      token: () => {
        const carrier = request();
        return carrier ? this.tokens.tokenOf(carrier) : transport().tokenOf?.(context);
      },
    };
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
