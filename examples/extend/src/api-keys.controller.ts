import { Controller, Delete, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { CurrentUser } from 'latchkey';
import { ApiKeysService } from './api-keys.service.js';

/** With an access token only: a key makes no other. */
@Controller('api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  issue(@CurrentUser('subject') user: string): Promise<{ id: string; key: string }> {
    return this.keys.issue(user);
  }

  @Delete(':id')
  @HttpCode(204)
  withdraw(@CurrentUser('subject') user: string, @Param('id', ParseUUIDPipe) id: string): Promise<void> {
    return this.keys.withdraw(id, user);
  }
}
