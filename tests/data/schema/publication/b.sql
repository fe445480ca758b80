CREATE PUBLICATION news WITH (publish = 'insert');
