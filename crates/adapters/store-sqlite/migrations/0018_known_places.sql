-- From where each account signed in before: such a place keeps its way in while somebody guesses the password elsewhere.
-- `place` is an address (IPv6: its /64), or the SHA-256 of a device's own random name in hexadecimal.
CREATE TABLE known_places (
    user INTEGER NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL CHECK (kind IN ('address', 'device')),
    place TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (user, kind, place)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO known_places (user, kind, place, seen_at)
    SELECT users.id, 'address', sign_ins.address, MAX(sign_ins.steady) FROM sign_ins
    JOIN users ON users.user = sign_ins.user AND users.removed_at IS NULL
    WHERE sign_ins.has_succeeded GROUP BY users.id, sign_ins.address;
-- Attempts are counted in memory now, when they begin.
DROP TABLE sign_ins;
