import { join } from 'node:path';
import type {
  CallHandler,
  ExecutionContext,
  INestApplication,
  INestMicroservice,
  NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { grpc } from '../../../src/grpc/index.js';
import { TestIssuer } from '../../../src/testing/index.js';
import { kindOf, RecordedSpans, told } from '../../support/recorded-spans.js';
import { temporaryDirectory } from '../../support/test-config.js';
import { type Fetched, FrontController } from '../relay/front.js';
import { hopModule, NAMED, type Seen, startFront, startHop } from '../relay/hops.js';
import { Recorder } from '../relay/recorder.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** As the instrumentation of an application has it: a span for each request; none for those that say so. */
class Instrumentation implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<{ readonly headers?: Record<string, unknown> }>();
    if (request.headers?.['untraced'] !== undefined) return next.handle();
    return new Observable((subscriber) =>
      trace.getTracer('application').startActiveSpan('request', (span) => {
        const handled = next.handle().subscribe(subscriber);
        handled.add(() => span.end());
        return handled;
      }),
    );
  }
}

describe('Where an application has an SDK', () => {
  const directory = temporaryDirectory();
  const stock = `unix:${join(directory.path, 'stock.sock')}`;
  let spans: RecordedSpans;
  let issuer: TestIssuer;
  let named: Recorder;
  let service: INestMicroservice;
  let front: INestApplication;
  let url: string;

  beforeAll(async () => {
    spans = new RecordedSpans();
    issuer = await TestIssuer.start();
    named = await Recorder.start();
    const options = (name: string, to: string[]) => ({
      issuer: issuer.url,
      audience: issuer.audience,
      transports: [grpc()],
      relay: { service: name, to },
    });
    service = await startHop(hopModule(options('stock', [NAMED])), stock);
    front = await startFront(
      hopModule(options('front', [stock, named.url]), stock, {
        controllers: [FrontController],
        providers: [{ provide: APP_INTERCEPTOR, useClass: Instrumentation }],
      }),
      'Fastify',
    );
    url = await front.getUrl();
  });
  beforeEach(() => {
    named.received.length = 0;
  });
  afterAll(async () => {
    await front.close();
    await service.close();
    await issuer.close();
    await spans.end();
    directory.remove();
  });

  const get = async <Body>(path: string, headers: Record<string, string> = {}, from = url) => {
    const authorization = `Bearer ${issuer.token()}`;
    return (await (await fetch(from + path, { headers: { authorization, ...headers } })).json()) as Body;
  };
  const fetched = (headers?: Record<string, string>) =>
    get<Fetched>(`/fetch?url=${encodeURIComponent(`${named.url}/path?secret=1`)}`, headers);

  it('the questions to the issuer are spans', () => {
    const asked = spans.named('GET').filter((span) => kindOf(span) === 'CLIENT');
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked[0]?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'url.scheme': 'http',
      'server.address': new URL(issuer.url).hostname,
      'server.port': Number(new URL(issuer.url).port),
    });
  });

  it('a call that is relayed over HTTP is one, and what is called goes on with it', async () => {
    spans.forget();
    await fetched({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, tracestate: 'vendor=value' });
    const [request] = spans.named('request');
    const [call, ...others] = request ? spans.childrenOf(request) : [];
    expect(others).toEqual([]);
    expect([call?.name, call && kindOf(call)]).toEqual(['GET', 'CLIENT']);
    expect(call?.attributes).toMatchObject({
      'http.response.status_code': 200,
      'server.port': Number(new URL(named.url).port),
    });
    const { traceId, spanId } = call?.spanContext() ?? {};
    expect(named.received.map(({ traceparent, tracestate }) => [traceparent, tracestate])).toEqual([
      [`00-${traceId}-${spanId}-01`, undefined],
    ]);
    expect(spans.all.map(told).join('\n')).not.toMatch(/secret|Bearer|eyJ/);
  });

  it('a call that is relayed over gRPC is one, and what is called goes on with it', async () => {
    spans.forget();
    const { headers } = await get<Seen>('/who');
    const [request] = spans.named('request');
    const [call, ...others] = request ? spans.childrenOf(request) : [];
    expect(others).toEqual([]);
    expect([call?.name, call && kindOf(call)]).toEqual(['hops.Hops/Who', 'CLIENT']);
    expect(call?.attributes).toEqual({
      'rpc.system.name': 'grpc',
      'rpc.method': 'hops.Hops/Who',
      'rpc.response.status_code': 'OK',
    });
    expect(headers['traceparent']).toContain(request?.spanContext().traceId);
  });

  it('headers for a client of its own name the span of the request', async () => {
    const alone = await startFront(
      hopModule(
        { issuer: issuer.url, audience: issuer.audience, relay: { service: 'alone', to: [NAMED] } },
        undefined,
        {
          controllers: [FrontController],
          providers: [{ provide: APP_INTERCEPTOR, useClass: Instrumentation }],
        },
      ),
      'Fastify',
    );
    spans.forget();
    const { headers } = await get<Seen>('/who', {}, await alone.getUrl());
    await alone.close();
    const { traceId, spanId } = spans.named('request')[0]?.spanContext() ?? {};
    expect(headers['traceparent']).toBe(`00-${traceId}-${spanId}-01`);
  });

  it('a call of a request that is not traced goes on with the trace that it came with', async () => {
    spans.forget();
    const { headers } = await get<Seen>('/who', {
      untraced: 'yes',
      traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    });
    expect(headers['traceparent']).toContain(TRACE);
    expect(spans.all).toEqual([]);
  });

  it('one that fails says how', async () => {
    spans.forget();
    await named.close();
    await fetched();
    const [call] = spans.named('GET');
    expect(call?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(call?.attributes['error.type']).toBe('ECONNREFUSED');
  });
});
