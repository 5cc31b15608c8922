import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import type { Write } from '../../common/unit-of-work.js';
import { ExtendedBodies } from '../../common/validation/extended-bodies.js';
import { RequestValidationPipe } from '../../common/validation/request-validation.pipe.js';
import type { User } from '../../users/user.js';
import { AddressQuota } from '../mails/address-quota.js';
import { OwnFields } from '../fields/own-fields.js';
import { OpenRegistration } from './open-registration.js';
import { RegisterDto } from './register.dto.js';

/** What an account is made of: as `POST /api/auth/register` takes it, with a team's own fields beside. */
export interface AccountToRegister {
  readonly name?: string | null;
  readonly email: string;
  readonly password: string;
  readonly [field: string]: unknown;
}

/** For code of an application that makes accounts, whatever `REGISTRATION` says to the route. */
@Injectable()
export class AccountRegistration {
  private readonly pipe: RequestValidationPipe;

  /** @internal */
  constructor(
    bodies: ExtendedBodies,
    private readonly fields: OwnFields,
    private readonly registration: OpenRegistration,
    private readonly quota: AddressQuota,
  ) {
    this.pipe = new RequestValidationPipe(bodies);
  }

  /**
   * Does all that needs no transaction, first of all the hash of the password, which takes its time.
   * @param client whose request it is: `clientInfoOf(request)`
   * @returns what makes the account, with the link that is mailed and the event `user.registered`, in a transaction that is given to
   * its `within`, which throws EmailTakenError or FieldTakenError: nothing more can be written in the transaction then
   * @throws LatchkeyError `VALIDATION_FAILED`
   * @throws PasswordRejectedError
   */
  async prepare(account: AccountToRegister, client: ClientInfo): Promise<Write<User>> {
    const body = (await this.pipe.transform(account, { type: 'body', metatype: RegisterDto })) as RegisterDto;
    const { name = null, email, password } = body;
    const fields = this.fields.givenBy('user', body);
    const mayMail = () => this.quota.takeProof(email);
    return this.registration.prepare({ name, email, password, fields, mayMail }, client);
  }
}
