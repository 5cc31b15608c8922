-- What ids of users are made with that clients of one sector alone see.
CREATE TABLE "oauth_pairwise_keys" (
	"purpose" text PRIMARY KEY,
	"key" text NOT NULL
);
