import type { DeviceInfo, WaitingDevice } from '../artifacts/device-codes.js';
import type { OAuthClient } from '../clients/oauth-client.js';

/** What a device asks a person for. */
export interface DeviceRequest {
  readonly clientId: string;
  /** Of the client, for people. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** The resource that its tokens are for (RFC 8707); undefined: none is named. */
  readonly resource: string | undefined;
  /** Address that it asks from; null: not known. */
  readonly ip: string | null;
  readonly userAgent: string | null;
  /** After this, it has to ask anew. */
  readonly expiresAt: Date;
}

/** @param waiting as the protocol library put it down */
export function deviceRequestOf({ payload, expiresAt }: WaitingDevice, client: OAuthClient): DeviceRequest {
  const { params, deviceInfo } = payload as {
    params?: { scope?: string; resource?: string | string[] };
    deviceInfo?: DeviceInfo;
  };
  const asked = params?.scope?.split(' ') ?? [];
  return {
    clientId: client.id,
    name: client.name,
    scopes: asked.filter((scope) => client.scopes.includes(scope)),
    // One, or the request was refused.
    resource: [params?.resource ?? []].flat()[0],
    ip: deviceInfo?.ip ?? null,
    userAgent: deviceInfo?.userAgent ?? null,
    expiresAt,
  };
}
