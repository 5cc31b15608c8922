import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { CurrentUser, IdentityRelay, type Principal, Roles } from 'latchkey/resource-server';
import { type Item, type Receipt, sighting } from '../common/receipt.js';

/** The third service: it is asked by `orders`, and knows who asked `shop`. */
@Controller()
export class StockController {
  constructor(private readonly relay: IdentityRelay) {}

  @GrpcMethod('Stock')
  reserve(@Payload() { name }: Item, @CurrentUser() caller: Principal): Receipt {
    return { item: name, seenBy: [sighting('stock', caller, this.relay)] };
  }

  @GrpcMethod('Stock')
  @Roles('admin')
  refill(@Payload() { name }: Item, @CurrentUser() caller: Principal): Receipt {
    return { item: name, seenBy: [sighting('stock', caller, this.relay)] };
  }
}
