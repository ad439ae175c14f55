package builders

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"sigs.k8s.io/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// TestAlerts has Prometheus' own tool play what its series would be, and ask which
// alerts fire.
func TestAlerts(t *testing.T) {
	t.Parallel()
	single, replicated := minimalCluster(), clusterOf(3, 1)
	single.Spec.Database.Migration.Enabled = true
	replicated.Spec.Database.Engine, replicated.Spec.Database.Replicas = v1.EngineCloudNativePG, new(int32(3))
	replicated.Spec.Database.Pooler = &v1.PoolerSpec{}
	for name, c := range map[string]*v1.BanhBaoRingCluster{"single": single, "replicated": replicated} {
		t.Run(name, func(t *testing.T) {
			c.Name, c.Namespace, c.Spec.Backup.Enabled = "demo", "keys", true
			directory := t.TempDir()
			writeRules(t, directory, monitored(c))
			write(t, filepath.Join(directory, "test.yaml"), read(t, "testdata/alerts-"+name+".yaml"))
			promtool(t, directory, "check", "rules", "rules.yaml")
			promtool(t, directory, "test", "rules", "test.yaml")
		})
	}
}

// TestAlertsWithoutNamespace leaves out what nobody knows before it is applied.
func TestAlertsWithoutNamespace(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	writeRules(t, directory, monitored(minimalCluster()))
	promtool(t, directory, "check", "rules", "rules.yaml")
	if rules := read(t, filepath.Join(directory, "rules.yaml")); strings.Contains(rules, "namespace=") || strings.Contains(rules, "namespace:") {
		t.Errorf("the namespace is asked for:\n%s", rules)
	}
}

// writeRules writes the rules of a cluster as Prometheus reads them.
func writeRules(t *testing.T, directory string, c *v1.BanhBaoRingCluster) {
	t.Helper()
	rules, err := yaml.Marshal(alerts(c)[0].(*monitoringv1.PrometheusRule).Spec)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(directory, "rules.yaml"), string(rules))
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func promtool(t *testing.T, directory string, args ...string) {
	t.Helper()
	command := exec.Command(need(t, "promtool"), args...)
	command.Dir = directory
	if output, code := finish(t, command); code != 0 {
		t.Errorf("promtool %s: exit code %d\n%s", strings.Join(args, " "), code, output)
	}
}
