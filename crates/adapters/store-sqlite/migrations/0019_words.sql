-- Records and interactions are each found by one index of all their tokens, which holds no places within texts; the texts
-- stand beside it. The program makes the new tables.
DROP TABLE customer_search;
DROP TABLE interaction_search;
DROP TABLE IF EXISTS customer_grams;
DROP TABLE IF EXISTS interaction_grams;
