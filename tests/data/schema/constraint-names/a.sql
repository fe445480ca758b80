CREATE TABLE team (id integer CONSTRAINT team_pkey PRIMARY KEY, size integer CONSTRAINT sized CHECK (size > 0));
CREATE TABLE player (team_id integer CONSTRAINT player_team_id_fkey REFERENCES team);
