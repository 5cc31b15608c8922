import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { type DeviceCodes, type DeviceInfo, POLL_INTERVAL } from '../artifacts/device-codes.js';
import { flowOf } from './flow-memory.js';
import type { ProviderExtension } from './provider-extensions.js';

type DeviceFlow = NonNullable<NonNullable<Configuration['features']>['deviceFlow']>;

/** Codes of eight letters of twenty: 34 bits. People type them at a page of ours: the library's need a session of its own. */
export const DEVICE_FLOW: DeviceFlow = {
  enabled: true,
  charset: 'base-20',
  mask: '****-****',
  deviceInfo: (context) => {
    const { ip, userAgent } = flowOf(context).client;
    return { ip, userAgent } satisfies DeviceInfo;
  },
};

/** Says how often a device may poll, and holds it to that (RFC 8628 sections 3.2 and 3.5): the library does neither. */
export function pacedDeviceFlow(codes: DeviceCodes): ProviderExtension {
  return (provider, errors) => {
    const { DeviceCode } = provider;
    const find = DeviceCode.find.bind(DeviceCode);
    Object.assign(DeviceCode, {
      async find(value: string, ...options: unknown[]) {
        const poll = await codes.poll(value);
        if (poll === 'too-soon') throw new errors.SlowDown();
        if (poll === 'expired') throw new errors.ExpiredToken('device code is expired');
        return find(value, ...(options as [object]));
      },
    });
    provider.use(async (context, next) => {
      await next();
      const { oidc } = context as Partial<Pick<KoaContextWithOIDC, 'oidc'>>;
      if (oidc?.route !== 'device_authorization' || context.status !== 200) return;
      context.body = { ...(context.body as object), interval: POLL_INTERVAL };
    });
  };
}
