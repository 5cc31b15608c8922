export type { Transport } from '../access/transports/transport.js';
export { RelayRefusedError, type RelayRefusal } from '../relay/relay-refused.error.js';
export { grpc } from './grpc-transport.js';
export { relayIdentity, type RelayIdentityOptions } from './relay-identity.js';
