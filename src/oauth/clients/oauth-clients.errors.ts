import { LatchkeyError } from '../../common/errors/latchkey-error.js';

/** 404 `NOT_FOUND`: there is no OAuth client of this id. */
export class UnknownClientError extends LatchkeyError {
  constructor() {
    super('NOT_FOUND', 'There is no such client.');
  }
}

/** 409 `CLIENT_PROTECTED`: of a client that a file of the operator's says. */
export class ClientProtectedError extends LatchkeyError {
  constructor() {
    super('CLIENT_PROTECTED', 'OAUTH_CLIENTS_FILE says what this client is: change it there.');
  }
}

/** 409 `CLIENT_WITHOUT_SECRET`: of a client that authenticates otherwise, or not at all. */
export class ClientWithoutSecretError extends LatchkeyError {
  constructor() {
    super('CLIENT_WITHOUT_SECRET', 'This client does not authenticate by a secret.');
  }
}
