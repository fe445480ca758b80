CREATE SUBSCRIPTION feed CONNECTION 'host=x.invalid password=horse' PUBLICATION p WITH (connect = false, slot_name = NONE);
