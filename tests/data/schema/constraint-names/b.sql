CREATE TABLE team (id integer CONSTRAINT club_pkey PRIMARY KEY, size integer CONSTRAINT sized CHECK (size > 0));
CREATE TABLE player (team_id integer CONSTRAINT player_club_id_fkey REFERENCES team);
