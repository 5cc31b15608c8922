import { Module } from '@nestjs/common';
import { ResumedSessionPageController } from './controllers/resumed-session-page.controller.js';
import { PagesModule } from './pages.module.js';

/** The one page below the API's prefix. */
@Module({ imports: [PagesModule], controllers: [ResumedSessionPageController] })
export class ResumedSessionModule {}
