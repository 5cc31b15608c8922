-- The defaults are for instances of the version before, while both run.
ALTER TABLE "signing_keys" ADD COLUMN "signs_from" timestamptz(3) NOT NULL DEFAULT now();
--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "signs_until" timestamptz(3);
--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "token_ttl" bigint NOT NULL DEFAULT 86400000;
--> statement-breakpoint
ALTER TABLE "signing_keys" ADD COLUMN "revoked_at" timestamptz(3);
--> statement-breakpoint
UPDATE "signing_keys" SET
	"signs_from" = "created_at",
	"signs_until" = (
		SELECT min("newer"."created_at") FROM "signing_keys" AS "newer"
		WHERE "newer"."created_at" > "signing_keys"."created_at"
	);
