-- The organisation's zone, by whose clock days begin, stands in its rules; until now it was that of the first hours.
UPDATE organisation SET rules = json_set(rules, '$.zone', (
    SELECT json_extract(settings, '$.zone') FROM schedules WHERE removed_at IS NULL ORDER BY id LIMIT 1))
WHERE json_extract(rules, '$.zone') IS NULL
  AND EXISTS (SELECT 1 FROM schedules WHERE removed_at IS NULL);
