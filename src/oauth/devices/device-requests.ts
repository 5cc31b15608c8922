import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import type { ClientInfo } from '../../common/client-info.js';
import { NotFoundError } from '../../common/errors/latchkey-error.js';
import type { Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import { SessionsService } from '../../tokens/sessions/sessions.service.js';
import { DeviceCodes, type WaitingDevice } from '../artifacts/device-codes.js';
import type { OAuthClient } from '../clients/oauth-client.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { OAuthConsents } from '../consents/oauth-consents.js';
import { requireOwnToken } from '../consents/own-token.js';
import { answerOf } from './device-answer.js';
import { type DeviceRequest, deviceRequestOf } from './device-request.js';
import { userCodeOf } from './user-code.js';

interface Found {
  readonly waiting: WaitingDevice;
  readonly client: OAuthClient;
  readonly request: DeviceRequest;
}

/** Devices that wait for a person to allow them something (RFC 8628). */
@Injectable()
export class DeviceRequests {
  constructor(
    private readonly codes: DeviceCodes,
    private readonly clients: OAuthClients,
    private readonly consents: OAuthConsents,
    private readonly sessions: SessionsService,
    private readonly audit: AuditSink,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** What the device asks for. @throws ConsentByClientError; NotFoundError if none waits with this code */
  async find(caller: Principal, userCode: string): Promise<DeviceRequest> {
    requireOwnToken(caller);
    return (await this.waiting(userCode)).request;
  }

  /**
   * Allows it, or does not. What a client of others is allowed is remembered as a consent is.
   * @throws ConsentByClientError; NotFoundError if none waits with this code: of several answers one is put down
   */
  async answer(caller: Principal, userCode: string, isAllowed: boolean, by: ClientInfo): Promise<void> {
    requireOwnToken(caller);
    const { waiting, client, request } = await this.waiting(userCode);
    const { subject, sessionId } = caller;
    const { scopes, clientId, resource } = request;
    const shown = await this.sessions.authenticationOf(sessionId, subject);
    const grantId = isAllowed ? randomUUID() : undefined;
    const isRemembered = isAllowed && !client.firstParty;
    await this.unitOfWork.run(async (transaction) => {
      const consentedAt = isRemembered
        ? await this.consents.add(subject, clientId, scopes, client.scopes, transaction)
        : undefined;
      const given = { caller, shown, scopes, resource, consentedAt, clientSid: client.sid };
      const allowed = grantId === undefined ? undefined : { ...given, grantId };
      const payload = answerOf(waiting.payload, allowed);
      if (!(await this.codes.answer(waiting, payload, grantId, transaction))) throw noneWaits();
      await this.audit.record(
        {
          type: isAllowed ? 'device.allowed' : 'device.denied',
          actor: { kind: 'user', id: subject },
          subject,
          sessionId,
          client: by,
          details: { clientId, ...(isAllowed && { scopes: [...scopes] }) },
        },
        transaction,
      );
    });
  }

  private async waiting(typed: string): Promise<Found> {
    const userCode = userCodeOf(typed);
    const waiting = userCode === undefined ? undefined : await this.codes.findWaiting(userCode);
    const client = waiting && (await this.clients.find(String(waiting.payload['clientId'])));
    if (!waiting || !client || client.disabled) throw noneWaits();
    return { waiting, client, request: deviceRequestOf(waiting, client) };
  }
}

/** The same of a code that never was, was answered, or is too old: who guesses learns nothing. */
function noneWaits(): NotFoundError {
  return new NotFoundError('No device waits with this code, or its time is over.');
}
