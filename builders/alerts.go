package builders

import (
	"fmt"
	"maps"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// critical is an application that does not work, or will lose data.
	critical = "critical"
	// warning is what becomes that, or hides it.
	warning = "warning"
)

// alerts returns the PrometheusRule of a cluster, or nothing where nothing of it
// runs here. Those about Jobs and volumes need the metrics of kube-state-metrics
// and of the kubelet, as kube-prometheus-stack collects them.
func alerts(c *v1.BanhBaoRingCluster) []Object {
	var rules []monitoringv1.Rule
	if *c.Spec.Database.Managed {
		rules = append(rules, postgresAlerts(c)...)
	}
	if *c.Spec.Redis.Managed {
		rules = append(rules, redisAlerts(c)...)
	}
	rules = append(rules, volumeAlerts(c)...)
	rules = append(rules, jobAlerts(c)...)
	if rules == nil {
		return nil
	}
	meta := metadata(c, alertsName(c.Name), labels(c, componentDataLayer, c.Spec.API.Version))
	maps.Copy(meta.Labels, c.Spec.Monitoring.Labels)
	return []Object{&monitoringv1.PrometheusRule{
		TypeMeta:   metav1.TypeMeta{APIVersion: monitoringv1.SchemeGroupVersion.String(), Kind: monitoringv1.PrometheusRuleKind},
		ObjectMeta: meta,
		Spec:       monitoringv1.PrometheusRuleSpec{Groups: []monitoringv1.RuleGroup{{Name: alertsName(c.Name), Rules: rules}}},
	}}
}

// alertLabels has the namespace too, by which Alertmanager may tell whose an alert
// is: an expression that counts has lost it.
func alertLabels(c *v1.BanhBaoRingCluster, severity string) map[string]string {
	if c.Namespace == "" {
		return map[string]string{"severity": severity}
	}
	return map[string]string{"severity": severity, "namespace": c.Namespace}
}

func annotations(summary, description string) map[string]string {
	return map[string]string{"summary": summary, "description": description}
}

func expression(format string, args ...any) intstr.IntOrString {
	return intstr.FromString(fmt.Sprintf(format, args...))
}

// series selects those of this cluster, by a label that matches a pattern, and by
// more matchers. A cluster without a namespace is told by its name alone.
func series(c *v1.BanhBaoRingCluster, label, pattern string, more ...string) string {
	matchers := append([]string{fmt.Sprintf("%s=~%q", label, pattern)}, more...)
	if c.Namespace != "" {
		matchers = append([]string{fmt.Sprintf("namespace=%q", c.Namespace)}, matchers...)
	}
	return "{" + strings.Join(matchers, ",") + "}"
}

// fewerUp counts the servers that are up, and takes those that nobody can ask for
// down: a metric that is gone must not look like one that is well.
func fewerUp(metric, pods string, than int32) intstr.IntOrString {
	return expression("(count(%s%s == 1) or vector(0)) < %d", metric, pods, than)
}

func postgresAlerts(c *v1.BanhBaoRingCluster) []monitoringv1.Rule {
	if c.Spec.Database.OnCloudNativePG() {
		return cloudNativePGAlerts(c)
	}
	pods, name := series(c, "pod", postgresName(c.Name)+"-[0-9]+"), postgresName(c.Name)
	return []monitoringv1.Rule{
		{
			Alert:  "DataLayerPostgresDown",
			Expr:   fewerUp("pg_up", pods, 1),
			For:    new(monitoringv1.Duration("2m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("PostgreSQL is down",
				"The server of "+name+" is down, or has had no metrics for two minutes."),
		},
		{
			Alert:  "DataLayerPostgresConnections",
			Expr:   expression("sum by (namespace, pod) (pg_stat_database_numbackends%[1]s) / sum by (namespace, pod) (pg_settings_max_connections%[1]s) > 0.8", pods),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("PostgreSQL runs out of connections",
				"{{ $value | humanizePercentage }} of max_connections of {{ $labels.pod }} are in use. Above it, clients are refused."),
		},
	}
}

func cloudNativePGAlerts(c *v1.BanhBaoRingCluster) []monitoringv1.Rule {
	spec, name := c.Spec.Database, postgresName(c.Name)
	pods := series(c, "pod", name+"-[0-9]+")
	maxConnections := series(c, "pod", name+"-[0-9]+", `name="max_connections"`)
	rules := []monitoringv1.Rule{
		{
			Alert:  "DataLayerPostgresDown",
			Expr:   fewerUp("cnpg_collector_up", pods, 1),
			For:    new(monitoringv1.Duration("2m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("PostgreSQL is down",
				"No instance of "+name+" is up, or has had metrics for two minutes."),
		},
		{
			Alert:  "DataLayerPostgresConnections",
			Expr:   expression("sum by (namespace, pod) (cnpg_backends_total%s) / sum by (namespace, pod) (cnpg_pg_settings_setting%s) > 0.8", pods, maxConnections),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("PostgreSQL runs out of connections",
				"{{ $value | humanizePercentage }} of max_connections of {{ $labels.pod }} are in use. Above it, clients are refused."),
		},
	}
	if *spec.Replicas > 1 {
		rules = append(rules, replicationAlerts(c, pods)...)
	}
	if spec.Pooler != nil {
		rules = append(rules, monitoringv1.Rule{
			Alert:  "DataLayerPostgresPoolerDown",
			Expr:   fewerUp("cnpg_pgbouncer_up", series(c, "pod", postgresPoolerName(c.Name)+"-.+"), 1),
			For:    new(monitoringv1.Duration("2m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("PgBouncer is down",
				"No instance of "+postgresPoolerName(c.Name)+" is up, or has had metrics for two minutes."),
		})
	}
	if c.Spec.Backup.Enabled {
		rules = append(rules, archiveAlerts(c, pods)...)
	}
	return rules
}

func replicationAlerts(c *v1.BanhBaoRingCluster, pods string) []monitoringv1.Rule {
	name, instances := postgresName(c.Name), *c.Spec.Database.Replicas
	return []monitoringv1.Rule{
		{
			Alert:  "DataLayerPostgresInstanceDown",
			Expr:   fewerUp("cnpg_collector_up", pods, instances),
			For:    new(monitoringv1.Duration("10m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("An instance of PostgreSQL is down",
				fmt.Sprintf("{{ $value }} of the %d instances of %s are up.", instances, name)),
		},
		{
			Alert:  "DataLayerPostgresReplicationBroken",
			Expr:   expression("cnpg_pg_replication_in_recovery%[1]s > cnpg_pg_replication_is_wal_receiver_up%[1]s", pods),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("A replica of PostgreSQL does not replicate",
				"{{ $labels.pod }} receives nothing from the primary, and could not replace it."),
		},
		{
			Alert:  "DataLayerPostgresReplicationLag",
			Expr:   expression("cnpg_pg_replication_lag%s > 300", pods),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("A replica of PostgreSQL lags behind",
				"{{ $labels.pod }} is {{ $value | humanizeDuration }} behind the primary."),
		},
	}
}

// archiveAlerts are about the Barman Cloud plugin. Either time is 0 before there was
// any such event.
func archiveAlerts(c *v1.BanhBaoRingCluster, pods string) []monitoringv1.Rule {
	name := postgresName(c.Name)
	return []monitoringv1.Rule{
		{
			Alert:  "DataLayerBackupFailed",
			Expr:   expression("max by (namespace) (barman_cloud_cloudnative_pg_io_last_failed_backup_timestamp%[1]s) > max by (namespace) (barman_cloud_cloudnative_pg_io_last_available_backup_timestamp%[1]s)", pods),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("The last backup of PostgreSQL failed",
				"No backup of "+name+" has succeeded since: kubectl describe backups.postgresql.cnpg.io tells why."),
		},
		{
			Alert:  "DataLayerArchivingFailed",
			Expr:   expression("cnpg_pg_stat_archiver_last_failed_time%[1]s > cnpg_pg_stat_archiver_last_archived_time%[1]s", pods),
			For:    new(monitoringv1.Duration("15m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("PostgreSQL cannot archive its write-ahead log",
				"What {{ $labels.pod }} commits is in no backup, and its log stays on the volume until that is full."),
		},
	}
}

func redisAlerts(c *v1.BanhBaoRingCluster) []monitoringv1.Rule {
	spec, name := c.Spec.Redis, redisName(c.Name)
	pods := series(c, "pod", name+"-[0-9]+")
	if spec.Mode != v1.RedisCluster {
		return []monitoringv1.Rule{
			{
				Alert:  "DataLayerRedisDown",
				Expr:   fewerUp("redis_up", pods, 1),
				For:    new(monitoringv1.Duration("2m")),
				Labels: alertLabels(c, critical),
				Annotations: annotations("Redis is down",
					"The server of "+name+" is down, or has had no metrics for two minutes."),
			},
		}
	}
	rules := []monitoringv1.Rule{
		{
			Alert:  "DataLayerRedisClusterDown",
			Expr:   expression("min by (namespace) (redis_cluster_state%[1]s) == 0 or max by (namespace) (redis_cluster_slots_fail%[1]s) > 0", pods),
			For:    new(monitoringv1.Duration("2m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("Redis Cluster is down",
				"A node of "+name+" sees shards without a master, and refuses what belongs to them."),
		},
		{
			Alert:  "DataLayerRedisNodeDown",
			Expr:   fewerUp("redis_up", pods, redisPods(spec)),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("A node of Redis Cluster is down",
				fmt.Sprintf("{{ $value }} of the %d nodes of %s are up.", redisPods(spec), name)),
		},
	}
	if *spec.ReplicasPerShard > 0 {
		rules = append(rules, monitoringv1.Rule{
			Alert:  "DataLayerRedisReplicationBroken",
			Expr:   expression("redis_master_link_up%s == 0", pods),
			For:    new(monitoringv1.Duration("5m")),
			Labels: alertLabels(c, warning),
			Annotations: annotations("A replica of Redis does not replicate",
				"{{ $labels.pod }} has lost its master, and could not replace it."),
		})
	}
	return rules
}

func volumeAlerts(c *v1.BanhBaoRingCluster) []monitoringv1.Rule {
	var claims []string
	switch {
	case c.Spec.Database.OnCloudNativePG():
		claims = append(claims, postgresName(c.Name)+"-[0-9]+")
	case *c.Spec.Database.Managed:
		claims = append(claims, "data-"+postgresName(c.Name)+"-[0-9]+")
	}
	if *c.Spec.Redis.Managed {
		claims = append(claims, "data-"+redisName(c.Name)+"-[0-9]+")
	}
	if claims == nil {
		return nil
	}
	return []monitoringv1.Rule{{
		Alert:  "DataLayerVolumeFillingUp",
		Expr:   expression("kubelet_volume_stats_available_bytes%[1]s / kubelet_volume_stats_capacity_bytes%[1]s < 0.1", series(c, "persistentvolumeclaim", strings.Join(claims, "|"))),
		For:    new(monitoringv1.Duration("5m")),
		Labels: alertLabels(c, warning),
		Annotations: annotations("A volume is filling up",
			"{{ $value | humanizePercentage }} of the volume of {{ $labels.persistentvolumeclaim }} are left. A server that cannot write stops."),
	}}
}

// jobAlerts take a Job for failed once it has no retries left.
func jobAlerts(c *v1.BanhBaoRingCluster) []monitoringv1.Rule {
	var rules []monitoringv1.Rule
	if c.Spec.Database.Migration.Enabled {
		rules = append(rules, monitoringv1.Rule{
			Alert:  "DataLayerMigrationFailed",
			Expr:   expression("max by (namespace, job_name) (kube_job_failed%s) == 1", series(c, "job_name", migrationName(c.Name)+"-[0-9a-f]{10}", `condition="true"`)),
			For:    new(monitoringv1.Duration("1m")),
			Labels: alertLabels(c, critical),
			Annotations: annotations("The migration of the database failed",
				"kubectl logs job/{{ $labels.job_name }} tells why. Delete the Job, and apply it again."),
		})
	}
	if c.Spec.BacksUp() && !c.Spec.Database.OnCloudNativePG() {
		rules = append(rules, backupAlert(c))
	}
	return rules
}

// backupAlert compares the times of the CronJob, as failed Jobs stay there after
// later ones that succeeded. One that never did has no such time.
func backupAlert(c *v1.BanhBaoRingCluster) monitoringv1.Rule {
	cronjob := series(c, "cronjob", backupName(c.Name))
	return monitoringv1.Rule{
		Alert:  "DataLayerBackupFailed",
		Expr:   expression("kube_cronjob_status_last_schedule_time%[1]s > (kube_cronjob_status_last_successful_time%[1]s or kube_cronjob_status_last_schedule_time%[1]s * 0)", cronjob),
		For:    new(monitoringv1.Duration("2h")),
		Labels: alertLabels(c, critical),
		Annotations: annotations("The last backup of PostgreSQL failed",
			"CronJob "+backupName(c.Name)+" has not succeeded since it last began, {{ $value | humanizeTimestamp }}."),
	}
}
