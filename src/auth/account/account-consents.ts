import { Injectable } from '@nestjs/common';

/** What a user allowed an OAuth client. */
export interface HeldConsent {
  readonly clientId: string;
  /** Of the client, for people; its id where it is known no more. */
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
}

/** @param subject the user's id */
type ConsentsOf = (subject: string) => Promise<readonly HeldConsent[]>;

/** What users allowed OAuth clients, for what is told of all that is kept about them. */
@Injectable()
export class AccountConsents {
  private consentsOf: ConsentsOf = () => Promise.resolve([]);

  /** Called once by the one who keeps them. */
  declare(consentsOf: ConsentsOf): void {
    this.consentsOf = consentsOf;
  }

  /** The oldest first. */
  async of(subject: string): Promise<readonly HeldConsent[]> {
    return this.consentsOf(subject);
  }
}
