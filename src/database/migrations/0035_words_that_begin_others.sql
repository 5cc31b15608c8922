-- contract: every version that reads them finds the same users by the longer word
-- Those of users who were there before 0034. The version before may run meanwhile: it writes words by the same function.
DELETE FROM "user_words" USING (
	SELECT "user_id", "word", lead("word") OVER (PARTITION BY "user_id" ORDER BY "word") AS "next" FROM "user_words"
) AS "in_order"
WHERE "user_words"."user_id" = "in_order"."user_id" AND "user_words"."word" = "in_order"."word"
	AND starts_with("in_order"."next", "in_order"."word");
