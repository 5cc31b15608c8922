import { setImmediate as turn } from 'node:timers/promises';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import {
  Controller,
  type INestApplication,
  type INestMicroservice,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  GrpcMethod,
  GrpcStreamCall,
  GrpcStreamMethod,
  type MicroserviceOptions,
  Transport,
} from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { concatMap, firstValueFrom, interval, type Observable, take } from 'rxjs';
import { relayIdentity } from '../../../src/grpc/index.js';
import {
  CurrentUser,
  IdentityRelay,
  type Principal,
  Public,
  ResourceServerModule,
  type ResourceServerOptions,
} from '../../../src/resource-server/index.js';
import type { Platform } from '../access/extended-app.js';

/** What the last service of a chain knows of the call. */
export interface Seen {
  readonly subject?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly callers: readonly string[];
  readonly requestId: string;
  /** What it would send on to a host that is named. */
  readonly headers: Readonly<Record<string, string>>;
  /** The same where it does not say to whom. */
  readonly unnamed: Readonly<Record<string, string>>;
}

/** What the last service of a chain may relay to. */
export const NAMED = 'https://next.internal';

interface Text {
  readonly text: string;
}

interface Hops {
  who(text: Text): Observable<Text>;
  open(text: Text): Observable<Text>;
}

/** Has the next service do the work; the last does it itself. */
@Injectable()
export class Next {
  constructor(
    @Inject('NEXT') private readonly next: Hops | undefined,
    private readonly relay: IdentityRelay,
  ) {}

  /** After some turns, so that calls overtake one another. */
  async who(caller?: Principal): Promise<Seen> {
    for (let left = Math.random() * 5; left > 0; left -= 1) await turn();
    return this.next ? seenIn(this.next.who({ text: '' })) : this.seen(caller);
  }

  /** The same for callers without a token. */
  async open(): Promise<Seen> {
    return this.next ? seenIn(this.next.open({ text: '' })) : this.seen();
  }

  private seen(caller?: Principal): Seen {
    return {
      ...(caller && { subject: caller.subject, roles: caller.roles, scopes: caller.scopes }),
      callers: this.relay.callers(),
      requestId: this.relay.requestId() ?? '',
      headers: this.relay.headers(NAMED),
      unnamed: this.relay.headers(),
    };
  }
}

async function seenIn(answer: Observable<Text>): Promise<Seen> {
  return JSON.parse((await firstValueFrom(answer)).text) as Seen;
}

async function told(seen: Promise<Seen>): Promise<Text> {
  return { text: JSON.stringify(await seen) };
}

/** A method of each kind. */
@Controller()
class HopsController {
  constructor(private readonly next: Next) {}

  @GrpcMethod('Hops', 'Who')
  who(_text: Text, @CurrentUser() caller: Principal): Promise<Text> {
    return told(this.next.who(caller));
  }

  @GrpcMethod('Hops', 'Open')
  @Public()
  open(): Promise<Text> {
    return told(this.next.open());
  }

  @GrpcMethod('Hops', 'Watch')
  watch(): Observable<Text> {
    return interval(1).pipe(
      take(2),
      concatMap(() => told(this.next.who())),
    );
  }

  @GrpcStreamMethod('Hops', 'Chat')
  chat(sent: Observable<Text>): Observable<Text> {
    return sent.pipe(concatMap(() => told(this.next.who())));
  }

  @GrpcStreamCall('Hops', 'Pass')
  pass(call: ServerDuplexStream<Text, Text>): void {
    call.on('data', () => {
      void told(this.next.who()).then((text) => call.write(text));
    });
    call.on('end', () => call.end());
  }
}

/** How a service of the chain listens, or its client calls. */
function hopsAt(url: string, channelOptions: object = {}) {
  const options = { package: 'hops', protoPath: 'test/e2e/relay/hops.proto', url, channelOptions };
  return { transport: Transport.GRPC as const, options };
}

/** @param next address of the next service */
export function hopModule(
  options: ResourceServerOptions,
  next?: string,
  { imports = [], controllers = [], providers = [] }: ModuleMetadata = {},
): Type {
  @Module({
    imports: [ResourceServerModule.forRoot(options), ...imports],
    controllers: [HopsController, ...controllers],
    providers: [{ provide: 'NEXT', useFactory: () => next && clientOf(next) }, Next, ...providers],
  })
  class HopModule {}
  return HopModule;
}

function clientOf(address: string): Hops {
  return ClientProxyFactory.create(hopsAt(address, { interceptors: [relayIdentity()] })).getService('Hops');
}

/** A service that is called by gRPC alone. */
export async function startHop(module: Type, address: string): Promise<INestMicroservice> {
  const options = { ...hopsAt(address), logger: false as const, abortOnError: false };
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(module, options);
  await app.listen();
  return app;
}

/** A service that is called by HTTP, too. */
export async function startFront(
  module: Type,
  platform: Platform,
  address?: string,
): Promise<INestApplication> {
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(module, adapter, { logger: false, abortOnError: false });
  if (address !== undefined) {
    app.connectMicroservice<MicroserviceOptions>(hopsAt(address), { inheritAppConfig: true });
    await app.startAllMicroservices();
  }
  await app.listen(0, '127.0.0.1');
  return app;
}
