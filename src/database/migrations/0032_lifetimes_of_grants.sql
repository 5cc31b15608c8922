-- How long what users granted to a client lasts, where that is less than the server's own.
ALTER TABLE "oauth_clients" ADD COLUMN "refresh_token_ttl" integer;
--> statement-breakpoint
ALTER TABLE "oauth_clients" ADD COLUMN "grant_max_age" integer;
