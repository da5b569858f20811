-- Failures have room of their own among a user's events: found, counted and removed by themselves.
CREATE INDEX auth_events_failed ON auth_events (pool, sub, (doc ->> '$.response' = 'Fail'), seq);
