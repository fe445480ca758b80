CREATE TABLE team (size integer CONSTRAINT size_positive CHECK (size > 0));
