export type { Transport } from '../access/transports/transport.js';
export { grpc } from './grpc-transport.js';
