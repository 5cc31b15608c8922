import { Injectable } from '@nestjs/common';
import { type AdministeringCaller, actingOf } from '../../admin/rights/caller.js';
import { PresentRights } from '../../admin/rights/present-rights.js';
import { requireNoMore, requireScopes } from '../../admin/rights/reach.js';
import { VersionCondition } from '../../admin/users/version-condition.js';
import { STANDARD_SCOPES } from '../../auth/grants/granted-scopes.js';
import type { Principal } from '../../common/principal.js';
import type { ClientReach, ClientWriter } from '../clients/client-writer.js';
import type { OAuthClient } from '../clients/oauth-client.js';

/** Of every user's own account, and no one's to give. */
const STANDARD: ReadonlySet<string> = new Set(STANDARD_SCOPES);

/** Whom of those who administer a client may be changed by: who could do what it may. */
@Injectable()
export class ClientAdministration {
  constructor(private readonly rights: PresentRights) {}

  /**
   * The caller, with the rights of the moment of the change.
   * @param version which one is meant
   */
  writer(caller: AdministeringCaller, version = VersionCondition.ANY): ClientWriter {
    return {
      acting: actingOf(caller),
      admit: async ({ before, after }, transaction) => {
        const { principal } = await this.rights.of(caller, transaction);
        requireScopes(principal, ['clients:write']);
        for (const settings of [before, after]) if (settings) requireReachOf(principal, settings);
        if (before) version.require(clientVersion(before));
      },
    };
  }
}

/** A strong entity tag (RFC 9110 section 8.8.3). */
export function clientVersion({ version }: OAuthClient): string {
  return `"${version}"`;
}

/** Who changes a client could take its users' tokens: those it may have without asking them only who may administer all. */
function requireReachOf(principal: Principal, { scopes, firstParty }: ClientReach): void {
  if (firstParty) requireScopes(principal, ['admins:write']);
  requireNoMore(
    principal,
    scopes.filter((scope) => !STANDARD.has(scope)),
  );
}
