import { Controller, Get, Inject, type OnModuleInit, Param, Post } from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import { CurrentUser, IdentityRelay, type Principal, Public } from 'latchkey/resource-server';
import type { Observable } from 'rxjs';
import { type Item, type Receipt, seenBefore, sighting } from '../common/receipt.js';

interface Orders {
  place(item: Item): Observable<Receipt>;
  refill(item: Item): Observable<Receipt>;
}

/** What callers see, over HTTP. */
@Controller()
export class ShopController implements OnModuleInit {
  private orders!: Orders;

  constructor(
    @Inject('orders') private readonly client: ClientGrpc,
    private readonly relay: IdentityRelay,
  ) {}

  onModuleInit(): void {
    this.orders = this.client.getService('Orders');
  }

  @Get()
  @Public()
  terms(): string {
    return 'Thirty days.';
  }

  @Post('orders/:name')
  order(@Param() item: Item, @CurrentUser() caller: Principal): Observable<Receipt> {
    return seenBefore(this.orders.place(item), sighting('shop', caller, this.relay));
  }

  @Post('stock/:name')
  refill(@Param() item: Item, @CurrentUser() caller: Principal): Observable<Receipt> {
    return seenBefore(this.orders.refill(item), sighting('shop', caller, this.relay));
  }
}
