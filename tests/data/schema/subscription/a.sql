CREATE SUBSCRIPTION feed CONNECTION 'host=x.invalid' PUBLICATION p, q WITH (connect = false, slot_name = NONE);
