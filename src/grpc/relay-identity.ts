import { type ChannelCredentials, InterceptingCall, type Interceptor, status } from '@grpc/grpc-js';
import { callUnderWay } from '../relay/current-call.js';
import { beginClientSpan } from './client-span.js';

/** The options of `relayIdentity`. */
export interface RelayIdentityOptions {
  /**
   * The client's own. Needed where `relay.to` names its address by `grpcs://`, as an interceptor is not told whether a channel is encrypted:
   * without them, or with those of `createInsecure()`, nothing is sent there.
   */
  readonly credentials?: Pick<ChannelCredentials, '_isSecure'> | undefined;
}

/**
 * An interceptor for clients of gRPC: each call is made on behalf of the caller of the call under way, with its access token,
 * request id, trace, and the names of the services that it came through. A client whose address is none of `relay.to`, or one
 * of `grpcs://` that it is not known to encrypt for, and a call that is made where none is under way, throw a `RelayRefusedError`, and
 * nothing is sent.
 * @example
 * const options = { …, credentials, channelOptions: { interceptors: [relayIdentity({ credentials })] } };
 * ClientsModule.register([{ name: 'STOCK', transport: Transport.GRPC, options }])
 */
export function relayIdentity({ credentials }: RelayIdentityOptions = {}): Interceptor {
  // oxlint-disable-next-line eslint/no-underscore-dangle -- of @grpc/grpc-js, which has no other way to ask
  const encrypted = credentials?._isSecure() === true;
  return (options, nextCall) => {
    const call = callUnderWay();
    const following = nextCall(options);
    let headers: Record<string, string>;
    try {
      call.rules.requireChannel(following.getPeer(), encrypted);
      headers = call.headers();
    } catch (error) {
      following.cancelWithStatus(status.CANCELLED, 'Not begun.');
      throw error;
    }
    return new InterceptingCall(following, {
      start(metadata, listener, next) {
        // A copy: an application may give one object to several calls, and the next may be another caller's.
        const own = metadata.clone();
        const span = beginClientSpan(options.method_definition.path);
        for (const [name, value] of Object.entries({ ...headers, ...span?.headers })) own.set(name, value);
        if (!span) return next(own, listener);
        next(own, {
          onReceiveStatus: (how, pass) => {
            span.end(how);
            pass(how);
          },
        });
      },
    });
  };
}
