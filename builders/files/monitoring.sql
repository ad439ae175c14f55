-- The role of the exporter, which runs beside the server: it reads statistics and
-- settings, and no table. Without a password it comes in over the socket alone, where
-- pg_ident.conf admits the exporter's user to it and to nothing else.
SELECT 'CREATE ROLE banhbaoring_monitoring'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'banhbaoring_monitoring') \gexec
-- What pg_monitor may, it may by inheritance. A few connections serve a few Prometheus
-- at once, and leave the others to the application when a query hangs.
ALTER ROLE banhbaoring_monitoring
  NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT LOGIN NOREPLICATION NOBYPASSRLS
  CONNECTION LIMIT 5 PASSWORD NULL;
GRANT pg_monitor TO banhbaoring_monitoring;
