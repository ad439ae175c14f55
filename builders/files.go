package builders

import _ "embed"

// The SQL and shell that objects carry are real files, so that each is linted
// and tested as what it is.
var (
	//go:embed files/extensions.sql
	extensionsSQL string
	//go:embed files/schema.sql
	schemaSQL string
	//go:embed files/postgresql.conf
	postgresConf string
	//go:embed files/pg_hba.conf
	pgHBAConf string
	//go:embed files/pg_hba-tls.conf
	pgHBATLSConf string
	//go:embed files/postgres-tls.conf
	postgresTLSConf string
	//go:embed files/monitoring.sql
	monitoringSQL string
	//go:embed files/exporter.sh
	exporterStart string
	//go:embed files/lock-volume.sh
	lockVolume string
	//go:embed files/postgres-start.sh
	postgresStart string
	//go:embed files/postgres-live.sh
	postgresLive string
	//go:embed files/postgres-ready.sh
	postgresReady string
	//go:embed files/wait-for-postgres.sh
	waitForPostgres string
	//go:embed files/backup.sh
	backupScript string
	//go:embed files/redis-start.sh
	redisStart string
	//go:embed files/redis-ready.sh
	redisReady string
	//go:embed files/redis-live.sh
	redisLive string
	//go:embed files/redis-heal.sh
	redisHeal string
	//go:embed files/redis-cluster-ready.sh
	redisClusterReady string
	//go:embed files/redis-join.sh
	redisJoin string
)
