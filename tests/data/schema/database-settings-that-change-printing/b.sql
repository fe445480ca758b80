CREATE TABLE t (raw bytea DEFAULT '\x00ff', at timestamptz DEFAULT '2024-01-01 00:00+00', "long" interval DEFAULT '1 day 2 hours');
ALTER DATABASE b SET bytea_output = escape;
ALTER DATABASE b SET "TimeZone" = 'Asia/Tokyo';
ALTER DATABASE b SET "IntervalStyle" = iso_8601;
ALTER DATABASE b SET quote_all_identifiers = on;
