-- DPoP proofs that were used at guarded routes.
CREATE TABLE "dpop_proofs" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "dpop_proofs_expires_at_index" ON "dpop_proofs" ("expires_at");
