package builders

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// TestNames takes the longest name that a cluster may have: what is made of it
// is legal, and no two are the same.
func TestNames(t *testing.T) {
	cluster := strings.Repeat("c", v1.MaxNameLength)
	c := minimalCluster()
	c.Name = cluster
	hashed := hashedName(migrationName(cluster), "anything")
	seen := map[string]bool{}
	for _, name := range []string{
		postgresAccountName(cluster), postgresConfigName(cluster),
		postgresName(cluster), postgresHeadlessName(cluster), postgresInitName(cluster),
		redisName(cluster), redisHeadlessName(cluster), dataLayerName(cluster), backupName(cluster), hashed,
		redisJoinPolicyName(cluster), migrationPolicyName(cluster),
	} {
		if problems := validation.IsDNS1035Label(name); len(problems) > 0 {
			t.Errorf("%s: %v", name, problems)
		}
		if seen[name] {
			t.Errorf("%s is the name of two objects", name)
		}
		seen[name] = true
	}
	// Pods and revisions of a StatefulSet put its name and a hash into a label.
	for _, name := range []string{postgresName(cluster), redisName(cluster)} {
		if revision := name + "-7c94b85f87"; len(revision) > validation.LabelValueMaxLength {
			t.Errorf("%s is too long for a label", revision)
		}
	}
	if len(backupName(cluster)) > 52 {
		t.Errorf("%s is too long for a CronJob", backupName(cluster))
	}
	if len(postgresName(cluster)) > 50 {
		t.Errorf("%s is too long for CloudNativePG", postgresName(cluster))
	}
}
