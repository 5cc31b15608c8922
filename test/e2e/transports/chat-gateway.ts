import { Module } from '@nestjs/common';
import {
  MessageBody,
  type OnGatewayConnection,
  SubscribeMessage,
  WebSocketGateway,
  type WsResponse,
} from '@nestjs/websockets';
import { CurrentUser, type Principal, Public, Roles, Scopes } from '../../../src/index.js';
import { socketCaller } from '../../../src/websockets/index.js';

/** Who has connected, in order. */
export const connected: (string | undefined)[] = [];

@WebSocketGateway({ path: '/chat' })
class ChatGateway implements OnGatewayConnection {
  handleConnection(client: object): void {
    connected.push(socketCaller(client)?.subject);
  }

  @SubscribeMessage('say')
  say(@MessageBody() text: string, @CurrentUser() caller: Principal): WsResponse {
    return { event: 'said', data: `${text} by ${caller.subject}` };
  }

  @SubscribeMessage('rules')
  @Public()
  rules(): WsResponse {
    return { event: 'rules', data: 'Be kind.' };
  }

  @SubscribeMessage('ban')
  @Roles('admin')
  ban(): WsResponse {
    return { event: 'banned', data: '' };
  }

  @SubscribeMessage('pin')
  @Scopes('chat:pin')
  pin(): WsResponse {
    return { event: 'pinned', data: '' };
  }
}

@Module({ providers: [ChatGateway] })
export class ChatModule {}
