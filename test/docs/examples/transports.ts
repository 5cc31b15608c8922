import { WsAdapter } from '@nestjs/platform-ws';
import type { LatchkeyComposition } from 'latchkey';
import { graphql } from 'latchkey/graphql';
import { grpc } from 'latchkey/grpc';
import { webSockets } from 'latchkey/websockets';

export const allTransports: LatchkeyComposition = {
  transports: [
    grpc(),
    graphql(),
    webSockets({ adapter: (server) => new WsAdapter(server), origins: ['https://app.example.com'] }),
  ],
};
