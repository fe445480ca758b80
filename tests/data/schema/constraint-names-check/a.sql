CREATE TABLE team (size integer CONSTRAINT sized CHECK (size > 0));
