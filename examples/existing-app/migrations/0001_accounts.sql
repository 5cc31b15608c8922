ALTER TABLE "users" ADD COLUMN "account" uuid UNIQUE REFERENCES "latchkey"."users" ("id") ON DELETE SET NULL;
