CREATE SCHEMA "we""ird; $$ '";
CREATE TABLE "we""ird; $$ '"."two
lines -- x" ("a;b" bigint, "$$" text DEFAULT '$$');
