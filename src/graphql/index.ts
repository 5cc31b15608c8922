export type { Transport } from '../access/transports/transport.js';
export { graphql } from './graphql-transport.js';
