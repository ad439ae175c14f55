package builders

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// postgresConfigDir holds the files of postgresConfig.
const postgresConfigDir = "/etc/postgresql"

// postgresConfig is the configuration of a server that has no operator.
func postgresConfig(c *v1.BanhBaoRingCluster) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: postgresMetadata(c, postgresConfigName(c.Name)),
		Data:       postgresConfigFiles(c),
	}
}

func postgresConfigFiles(c *v1.BanhBaoRingCluster) map[string]string {
	files := map[string]string{
		"postgresql.conf": postgresConf,
		"pg_hba.conf":     pgHBAConf,
		"parameters.conf": parametersConf(c.Spec.Database.Parameters),
	}
	if c.Spec.Database.TLS != nil {
		files["pg_hba.conf"] = pgHBATLSConf
		files["tls.conf"] = postgresTLSConf
	}
	if c.Spec.Monitoring.Enabled {
		files["monitoring.sql"] = monitoringSQL
	}
	return files
}

// parametersConf writes parameters as PostgreSQL reads them: in a quoted value,
// quotes are doubled, and a backslash escapes what follows it.
func parametersConf(parameters map[string]string) string {
	quote := strings.NewReplacer(`'`, `''`, `\`, `\\`)
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		fmt.Fprintf(&lines, "%s = '%s'\n", name, quote.Replace(parameters[name]))
	}
	return lines.String()
}
