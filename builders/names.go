package builders

import "fmt"

// One function for each name. All are made from the cluster's name; v1 limits
// its length so that the longest of them stays legal.

func postgresName(cluster string) string { return cluster + "-postgres" }

func postgresHeadlessName(cluster string) string { return postgresName(cluster) + "-headless" }

func postgresInitName(cluster string) string { return postgresName(cluster) + "-init" }

func postgresPoolerName(cluster string) string { return postgresName(cluster) + "-pooler" }

func postgresBackupName(cluster string) string { return postgresName(cluster) + "-backup" }

func redisName(cluster string) string { return cluster + "-redis" }

func redisHeadlessName(cluster string) string { return redisName(cluster) + "-headless" }

// redisPodName is the DNS name of a pod of Redis, as pods of its namespace know it.
func redisPodName(cluster string, ordinal int) string {
	return fmt.Sprintf("%s-%d.%s", redisName(cluster), ordinal, redisHeadlessName(cluster))
}

func redisBudgetName(cluster string) string { return redisName(cluster) }

// redisJoinName takes a hash for the reason that migrationName does.
func redisJoinName(cluster, hash string) string { return redisName(cluster) + "-join-" + hash }

// migrationName takes the hash of what the Job does: a Job's template cannot
// change, so another content is another Job.
func migrationName(cluster, hash string) string { return cluster + "-migrate-" + hash }

// backupName has room for the 11 characters that a CronJob appends to name its Jobs.
func backupName(cluster string) string { return cluster + "-backup" }

func dataLayerName(cluster string) string { return cluster + "-data-layer" }
