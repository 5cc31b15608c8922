export type { Transport } from '../access/transports/transport.js';
export { graphql, type GraphqlOptions } from './graphql-transport.js';
