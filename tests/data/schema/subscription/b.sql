CREATE SUBSCRIPTION feed CONNECTION 'host=x.invalid' PUBLICATION q, r WITH (connect = false, slot_name = NONE);
