CREATE TABLE "users" (
	"id" serial PRIMARY KEY,
	"nickname" text NOT NULL,
	"email" text UNIQUE,
	"password_hash" text
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" serial PRIMARY KEY,
	"user_id" integer NOT NULL REFERENCES "users" ("id"),
	"what" text NOT NULL
);
--> statement-breakpoint
INSERT INTO "users" ("nickname", "email", "password_hash")
VALUES ('johnny', 'john@example.com', '$2b$10$cLftsjaDk80/L05K3Cq70e8WVbNNCH8Lzsggb1HnZ2130SKWYAHTm');
--> statement-breakpoint
INSERT INTO "orders" ("user_id", "what") VALUES (1, 'a kettle');
