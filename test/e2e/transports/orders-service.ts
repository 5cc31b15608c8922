import { Controller, Module, NotFoundException } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall, GrpcStreamMethod, Payload } from '@nestjs/microservices';
import { EventEmitter } from 'node:events';
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import { concat, count, finalize, map, NEVER, type Observable, of, tap } from 'rxjs';
import { CurrentUser, type Principal, Public, Roles, Scopes } from '../../../src/index.js';

/** The message of all methods. */
export interface Text {
  readonly text: string;
}

/** Emits `end` when `Tally` has read all that a client sent. */
export const allRead = new EventEmitter();

/** Emits `text` for each message that `Pass` and `Chat` are given, and `over` when one of them is ended. */
export const heard = new EventEmitter();

/** A method of each kind, behind the decorators that HTTP has. */
@Controller()
class OrdersController {
  @GrpcMethod('Orders', 'Mine')
  mine(@Payload() { text }: Text, @CurrentUser() caller: Principal): Text {
    return { text: `${text} of ${caller.subject}` };
  }

  @GrpcMethod('Orders', 'Terms')
  @Public()
  terms(): Text {
    return { text: 'Thirty days.' };
  }

  @GrpcMethod('Orders', 'All')
  @Roles('admin')
  all(): Text {
    return { text: 'all of them' };
  }

  @GrpcMethod('Orders', 'Refund')
  @Scopes('orders:refund')
  refund(): Text {
    return { text: 'refunded' };
  }

  @GrpcMethod('Orders', 'Fails')
  fails({ text }: Text): Text {
    if (text === 'missing') throw new NotFoundException();
    throw new Error('secret of the database');
  }

  /** One message at once, and no end. */
  @GrpcMethod('Orders', 'Watch')
  watch(): Observable<Text> {
    return concat(of({ text: 'begun' }), NEVER);
  }

  @GrpcMethod('Orders', 'News')
  @Public()
  news(_sent: Text, _metadata: unknown, _call: unknown, @CurrentUser() caller?: Principal): Observable<Text> {
    return concat(of({ text: `for ${caller?.subject ?? 'anyone'}` }), NEVER);
  }

  @GrpcStreamMethod('Orders', 'Collect')
  collect(sent: Observable<Text>): Observable<Text> {
    return sent.pipe(
      count(),
      map((number) => ({ text: String(number) })),
    );
  }

  @GrpcStreamMethod('Orders', 'Chat')
  chat(sent: Observable<Text>): Observable<Text> {
    return sent.pipe(
      tap(({ text }) => heard.emit('text', text)),
      map(({ text }) => ({ text: text.toUpperCase() })),
      finalize(() => heard.emit('over')),
    );
  }

  @GrpcStreamCall('Orders', 'Pass')
  pass(call: ServerDuplexStream<Text, Text>): void {
    call.on('data', (sent: Text) => {
      heard.emit('text', sent.text);
      call.write(sent);
    });
    call.on('error', () => heard.emit('over'));
    call.on('end', () => call.end());
  }

  /** Goes on after the client has sent its last message. */
  @GrpcStreamCall('Orders', 'Feed')
  feed(call: ServerDuplexStream<Text, Text>): void {
    call.on('data', (sent: Text) => call.write(sent));
    call.on('end', () => call.write({ text: 'all read' }));
  }

  /** Reads all, and says so to the test; answers never. */
  @GrpcStreamCall('Orders', 'Tally')
  tally(call: ServerReadableStream<Text, Text>, _answer: sendUnaryData<Text>): void {
    call.on('end', () => allRead.emit('end')).resume();
  }
}

@Module({ controllers: [OrdersController] })
export class OrdersModule {}
