CREATE TABLE t (raw bytea DEFAULT '\x00ff', at timestamptz DEFAULT '2024-01-01 00:00+00', "long" interval DEFAULT '1 day 2 hours');
