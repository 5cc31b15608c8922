import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { type ClientGrpc, GrpcMethod, Payload } from '@nestjs/microservices';
import { CurrentUser, IdentityRelay, type Principal } from 'latchkey/resource-server';
import type { Observable } from 'rxjs';
import { type Item, type Receipt, seenBefore, sighting } from '../common/receipt.js';

interface Stock {
  reserve(item: Item): Observable<Receipt>;
  refill(item: Item): Observable<Receipt>;
}

/** The second service: gRPC, and a client of gRPC. */
@Controller()
export class OrdersController implements OnModuleInit {
  private stock!: Stock;

  constructor(
    @Inject('stock') private readonly client: ClientGrpc,
    private readonly relay: IdentityRelay,
  ) {}

  onModuleInit(): void {
    this.stock = this.client.getService('Stock');
  }

  @GrpcMethod('Orders')
  place(@Payload() item: Item, @CurrentUser() caller: Principal): Observable<Receipt> {
    return seenBefore(this.stock.reserve(item), sighting('orders', caller, this.relay));
  }

  @GrpcMethod('Orders')
  refill(@Payload() item: Item, @CurrentUser() caller: Principal): Observable<Receipt> {
    return seenBefore(this.stock.refill(item), sighting('orders', caller, this.relay));
  }
}
