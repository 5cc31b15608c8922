import { Injectable, Module } from '@nestjs/common';
import { LatchkeyModule } from 'latchkey';

/** Keeps secrets. */
@Injectable()
export class Vault {
  read(name: string): Promise<string | undefined> {
    return Promise.resolve(process.env[name]); // yours
  }
}

@Module({ providers: [Vault], exports: [Vault] })
class VaultModule {}

@Module({
  imports: [
    LatchkeyModule.forRootAsync({
      imports: [VaultModule],
      inject: [Vault],
      useFactory: async (vault: Vault) => ({
        publicUrl: 'https://id.example.com',
        appSecret: await vault.read('ID_SECRET'),
        databaseUrl: await vault.read('ID_DATABASE'),
        accessTokenTtl: '5m',
      }),
      routes: { except: ['admin', 'forward-auth'] },
    }),
  ],
})
export class ShopModule {}
