import { Injectable } from '@nestjs/common';

@Injectable()
export class AppService {
  private readonly greeted = new Set<string>();

  getHello(user: string): string {
    this.greeted.add(user);
    return `Hello ${user}!`;
  }

  getEveryone(): string[] {
    return [...this.greeted];
  }
}
