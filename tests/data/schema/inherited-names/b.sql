CREATE TABLE people (id integer PRIMARY KEY);
CREATE TABLE visits (year integer, guest integer) PARTITION BY LIST (year);
CREATE TABLE visits_1 (year integer, guest integer, CONSTRAINT visits_1_guest_fkey FOREIGN KEY (guest) REFERENCES people);
ALTER TABLE visits ADD CONSTRAINT visits_guest_fkey FOREIGN KEY (guest) REFERENCES people;
ALTER TABLE visits ATTACH PARTITION visits_1 FOR VALUES IN (1);
