-- Which user an account that a credential strategy knows, e.g. of a directory, belongs to. The user may be kept elsewhere.
CREATE TABLE "identity_links" (
	"strategy" text NOT NULL,
	"external_id" text NOT NULL,
	"subject" text NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	PRIMARY KEY ("strategy", "external_id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "identity_links_subject_unique" ON "identity_links" ("subject", "strategy");
