import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Roles } from 'latchkey'; // 3
import { AppService } from './app.service.js';

@Controller('hello')
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  getHello(@CurrentUser('subject') user: string /* 4 */): string {
    return this.appService.getHello(user);
  }

  @Get('everyone')
  @Roles('admin') // 5
  getEveryone(): string[] {
    return this.appService.getEveryone();
  }
}
