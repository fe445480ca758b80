CREATE SUBSCRIPTION feed CONNECTION 'host=x.invalid password=staple' PUBLICATION p WITH (connect = false, slot_name = NONE);
