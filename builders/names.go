package builders

import "fmt"

// One function for each name. All are made from the cluster's name; v1 limits
// its length so that the longest of them stays legal.

func postgresName(cluster string) string { return cluster + "-postgres" }

func postgresHeadlessName(cluster string) string { return postgresName(cluster) + "-headless" }

// postgresAccountName is not the Cluster's: CloudNativePG makes a ServiceAccount
// of that name, and its pods would lose their tokens when ours is pruned.
func postgresAccountName(cluster string) string { return postgresName(cluster) + "-server" }

func postgresCertificateName(cluster string) string { return postgresName(cluster) }

func postgresConfigName(cluster string) string { return postgresName(cluster) + "-config" }

func postgresInitName(cluster string) string { return postgresName(cluster) + "-init" }

func postgresPoolerName(cluster string) string { return postgresName(cluster) + "-pooler" }

func postgresPolicyName(cluster string) string { return postgresName(cluster) }

func postgresBackupName(cluster string) string { return postgresName(cluster) + "-backup" }

func postgresMonitorName(cluster string) string { return postgresName(cluster) }

func postgresPoolerMonitorName(cluster string) string { return postgresPoolerName(cluster) }

func redisName(cluster string) string { return cluster + "-redis" }

func redisHeadlessName(cluster string) string { return redisName(cluster) + "-headless" }

// redisPodName is the DNS name of a pod of Redis, as pods of its namespace know it.
func redisPodName(cluster string, ordinal int) string {
	return fmt.Sprintf("%s-%d.%s", redisName(cluster), ordinal, redisHeadlessName(cluster))
}

func redisBudgetName(cluster string) string { return redisName(cluster) }

func redisCertificateName(cluster string) string { return redisName(cluster) }

func redisMonitorName(cluster string) string { return redisName(cluster) }

func redisPolicyName(cluster string) string { return redisName(cluster) }

// redisJoinName is completed by nameJobs.
func redisJoinName(cluster string) string { return redisName(cluster) + "-join" }

func redisJoinPolicyName(cluster string) string { return redisJoinName(cluster) }

func redisAccountName(cluster string) string { return redisName(cluster) }

// migrationName is completed by nameJobs.
func migrationName(cluster string) string { return cluster + "-migrate" }

func migrationAccountName(cluster string) string { return cluster + "-migration" }

// hashedName is the name of what cannot change, so that another content is
// another object.
func hashedName(name string, content any) string { return name + "-" + hash(content) }

func migrationPolicyName(cluster string) string { return cluster + "-migration" }

// backupName has room for the 11 characters that a CronJob appends to name its Jobs.
func backupName(cluster string) string { return cluster + "-backup" }

func alertsName(cluster string) string { return cluster + "-data-layer" }

func dataLayerName(cluster string) string { return cluster + "-data-layer" }
