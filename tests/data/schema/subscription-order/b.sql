CREATE SUBSCRIPTION feed CONNECTION 'host=x.invalid' PUBLICATION q, p WITH (connect = false, slot_name = NONE);
