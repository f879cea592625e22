INSERT INTO notes (title, body) VALUES
    ('Read me', 'Notes are rows in a SQLite file. This one came with it.'),
    ('Shopping', 'Coffee, oats, lemons.'),
    ('Reading list', 'RFC 9110, to the end.');
