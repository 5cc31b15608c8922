-- Not logged: counters are worth less than the writing of them. After a crash of the server they begin anew.
CREATE UNLOGGED TABLE "rate_limits" (
  "key" text PRIMARY KEY,
  "points" integer NOT NULL DEFAULT 0,
  "expire" bigint
);
--> statement-breakpoint
CREATE INDEX "rate_limits_expire_index" ON "rate_limits" ("expire");
--> statement-breakpoint
CREATE UNLOGGED TABLE "failed_attempts" (
  "key" text PRIMARY KEY,
  "failures" integer NOT NULL,
  "counted_at" bigint NOT NULL,
  "noticed" boolean NOT NULL,
  "expires_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "failed_attempts_expires_at_index" ON "failed_attempts" ("expires_at");
