-- Rows of every type that the schema has, with what a dump might lose, and enough of
-- them for a stream of many parts.
INSERT INTO organizations (id, name, slug, plan, created_at) VALUES
    ('00000000-0000-0000-0000-000000000001', 'Ünï "çødé" 鍵 \ '' $(id)', 'first', NULL, '2026-01-02 03:04:05.678901'),
    ('00000000-0000-0000-0000-000000000002', '', E'tab\tand\nline', 'free', 'infinity');
INSERT INTO users (id, email) VALUES ('00000000-0000-0000-0000-000000000003', 'user@example.com');
INSERT INTO org_members (org_id, user_id)
    SELECT organizations.id, users.id FROM organizations, users;
INSERT INTO api_keys (org_id, name, key_hash, key_prefix, scopes)
    VALUES ('00000000-0000-0000-0000-000000000001', 'key', 'hash', 'prefix', ARRAY['sign', 'a,b', NULL, '"']);
INSERT INTO audit_logs (org_id, action, metadata, ip_address)
    SELECT '00000000-0000-0000-0000-000000000002', md5(n::text), jsonb_build_object('n', n, 'digest', sha256(n::text::bytea)), '2001:db8::1/64'
    FROM generate_series(1, 20000) AS n;
