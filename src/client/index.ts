/**
 * The client for browsers and Node.
 * @module latchkey/client
 */

export { createLatchkeyClient } from './create-latchkey-client.js';
export {
  LatchkeyClientError,
  type AnyErrorCode,
  type ClientErrorCode,
  type ErrorDetails,
  type Problem,
} from './client-error.js';
export type {
  CallOptions,
  ChallengeAnswer,
  Credentials,
  LatchkeyClient,
  LatchkeyClientOptions,
  Registration,
  User,
} from './latchkey-client.js';
export type {
  ApiAnswer,
  ApiBody,
  ApiFetch,
  ApiResponse,
  ApiRoute,
  OwnFields,
  WithOwnFields,
} from './api-fetch.js';
export type { TransportOptions } from './transport.js';
export type * from './api-types.js';
