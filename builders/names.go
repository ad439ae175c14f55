package builders

// One function for each name. All are made from the cluster's name; v1 limits
// its length so that the longest of them stays legal.

func postgresName(cluster string) string { return cluster + "-postgres" }

func postgresHeadlessName(cluster string) string { return postgresName(cluster) + "-headless" }

func postgresInitName(cluster string) string { return postgresName(cluster) + "-init" }

func postgresPoolerName(cluster string) string { return postgresName(cluster) + "-pooler" }

func postgresBackupName(cluster string) string { return postgresName(cluster) + "-backup" }

func redisName(cluster string) string { return cluster + "-redis" }

func redisHeadlessName(cluster string) string { return redisName(cluster) + "-headless" }

// migrationName takes the hash of what the Job does: a Job's template cannot
// change, so another content is another Job.
func migrationName(cluster, hash string) string { return cluster + "-migrate-" + hash }

func dataLayerName(cluster string) string { return cluster + "-data-layer" }
