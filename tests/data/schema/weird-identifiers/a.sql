CREATE SCHEMA "we""ird; $$ '";
CREATE TABLE "we""ird; $$ '"."two
lines -- x" ("a;b" integer, "$$" text DEFAULT '$$');
