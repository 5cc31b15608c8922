export type { Transport } from '../access/transports/transport.js';
export { socketCaller, webSockets, type WebSocketsOptions } from './web-sockets.js';
