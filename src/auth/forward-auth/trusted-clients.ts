import { Injectable } from '@nestjs/common';

/** Whether an OAuth client belongs to the team. @throws UnavailableError if that cannot be known now */
export type IsTrusted = (clientId: string) => Promise<boolean>;

/** OAuth clients whose tokens pass a gateway's rule that names no scopes. Without an authorization server there are none. */
@Injectable()
export class TrustedClients {
  private isTrusted: IsTrusted = () => Promise.resolve(false);

  /** Called once by the one who keeps the clients. */
  declare(isTrusted: IsTrusted): void {
    this.isTrusted = isTrusted;
  }

  async has(clientId: string): Promise<boolean> {
    return this.isTrusted(clientId);
  }
}
