package v1

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDefaults reads what a cluster with one thing in it is filled up to.
func TestDefaults(t *testing.T) {
	tests := map[string]struct {
		spec string
		got  func(*BanhBaoRingClusterSpec) string
		want string
	}{
		"PostgreSQL":                  {`{}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Image }, "postgres:16"},
		"a version":                   {`{"database": {"version": "16.4"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Image }, "postgres:16.4"},
		"an image":                    {`{"database": {"image": "mine", "version": "17"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Image }, "mine:17"},
		"an image at a port":          {`{"database": {"image": "example.com:5000/mine"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Image }, "example.com:5000/mine:16"},
		"an image with a tag":         {`{"database": {"image": "mine:16-alpine"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Image }, "mine:16-alpine"},
		"an image by digest":          {`{"redis": {"image": "mine@sha256:00"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.Image }, "mine@sha256:00"},
		"Redis":                       {`{}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.Image }, "redis:7-alpine"},
		"Redis' version":              {`{"redis": {"version": "7.2"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.Image }, "redis:7.2-alpine"},
		"the control plane":           {`{}`, func(s *BanhBaoRingClusterSpec) string { return s.API.Image }, "banhbaoring/control-plane:1.0.0"},
		"the schema":                  {`{}`, func(s *BanhBaoRingClusterSpec) string { return string(s.Database.InitSchema) }, "Full"},
		"the schema, with migrations": {`{"database": {"migration": {"enabled": true}}}`, func(s *BanhBaoRingClusterSpec) string { return string(s.Database.InitSchema) }, "Extensions"},
		"rclone":                      {`{}`, func(s *BanhBaoRingClusterSpec) string { return s.Backup.Image }, "rclone/rclone:1.74.4"},
		"an image of rclone":          {`{"backup": {"image": "mine"}}`, func(s *BanhBaoRingClusterSpec) string { return s.Backup.Image }, "mine:1.74.4"},
		"storage":                     {`{}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Storage.Size.String() }, "10Gi"},
		"Redis' storage":              {`{"redis": {"storage": {"storageClass": "fast"}}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.Storage.Size.String() }, "5Gi"},
		"Redis' memory":               {`{}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.MaxMemory.String() }, "256Mi"},
		"half of the limit":           {`{"redis": {"resources": {"limits": {"memory": "3Gi"}}}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.MaxMemory.String() }, "1536Mi"},
		"a limit below the request":   {`{"redis": {"resources": {"limits": {"memory": "64Mi"}}}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.Resources.Requests.Memory().String() }, "64Mi"},
		"what a limit leaves alone":   {`{"redis": {"resources": {"limits": {"memory": "64Mi"}}}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.Resources.Limits.Cpu().String() }, "500m"},
		"a URL that is sealed":        {`{"redis": {"managed": false, "credentials": {"sealed": {"encryptedData": {}}}}}`, func(s *BanhBaoRingClusterSpec) string { return s.Redis.ConnectionString.Name }, "demo-redis-connection"},
		"a Secret's name":             {`{"database": {"credentials": {"secretRef": {}}}}`, func(s *BanhBaoRingClusterSpec) string { return s.Database.Credentials.SecretRef.Name }, "demo-postgres-credentials"},
		"a generated password's length": {`{"database": {"credentials": {"externalSecret": {"generate": {}}}}}`, func(s *BanhBaoRingClusterSpec) string {
			return string('0' + *s.Database.Credentials.ExternalSecret.Generate.Length - 32)
		}, "0"},
		"an absent managed is a true one": {`{}`, func(s *BanhBaoRingClusterSpec) string {
			return map[bool]string{true: "true"}[*s.Database.Managed && *s.Redis.Managed]
		}, "true"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := decoded(t, test.spec)
			if got := test.got(&c.Spec); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			once := asJSON(t, c)
			if diff := cmp.Diff(once, asJSON(t, c.Default())); diff != "" {
				t.Errorf("filling in twice changes something:\n%s", diff)
			}
		})
	}
}

func asJSON(t *testing.T, c *BanhBaoRingCluster) string {
	t.Helper()
	data, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// decoded reads a cluster with a spec in JSON, valid or not.
func decoded(t *testing.T, spec string) *BanhBaoRingCluster {
	t.Helper()
	decoder := NewDecoder()
	c, problems := decoder.Decode([]byte(`{"apiVersion": "banhbaoring.io/v1", "kind": "BanhBaoRingCluster", "metadata": {"name": "demo", "namespace": "keys"}, "spec": ` + spec + `}`))
	if c == nil {
		t.Fatal(problems)
	}
	return c
}
