package e2e

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// cluster is the BanhBaoRingCluster of an example, moved to a test's namespace.
type cluster struct {
	*namespace
	example string
	name    string
}

// edit returns the cluster's file after merging patches, as YAML, into it.
func (c cluster) edit(patches ...string) string {
	c.t.Helper()
	file := read(c.t, filepath.Join("..", "examples", c.example, "kpt", "cluster.yaml"))
	patches = append([]string{"metadata: {namespace: " + c.namespace.name + "}"}, patches...)
	for _, patch := range patches {
		file = c.command(file, "kubectl", "patch", "--local", "--filename=-", "--type=merge", "--patch="+patch, "--output=yaml")
	}
	return file
}

// render returns the manifests of the cluster with the patches.
func (c cluster) render(patches ...string) string {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "cluster.yaml")
	write(c.t, c.edit(patches...), file)
	return c.command("", "generate-data-layer", "render", file)
}

// createCredentials makes the Secret that the README asks users for.
func (c cluster) createCredentials(sslmode string) {
	c.t.Helper()
	password := rand.Text()
	c.kubectl("create", "secret", "generic", c.name+"-postgres-credentials",
		"--from-literal=username=banhbaoring",
		"--from-literal=password="+password,
		"--from-literal=database=banhbaoring",
		"--from-literal=url=postgres://banhbaoring:"+password+"@"+c.name+"-postgres:5432/banhbaoring?sslmode="+sslmode)
}

// start applies manifests and waits until everything in them is ready.
func (c cluster) start(manifests string) {
	c.t.Helper()
	c.apply(manifests)
	c.waitReady(manifests)
}

// waitReady waits for the servers to be there and the Jobs to be complete; then
// all else must be as ready as it can be.
func (c cluster) waitReady(manifests string) {
	c.t.Helper()
	for _, object := range parse(c.t, manifests) {
		switch object.GetKind() {
		case "StatefulSet":
			c.kubectl("rollout", "status", "statefulset", object.GetName(), "--timeout="+patience.String())
		case "Cluster": // has no conditions at first, which counts as ready
			c.kubectl("wait", "--for=condition=Ready", "clusters.postgresql.cnpg.io", object.GetName(), "--timeout="+patience.String())
		case "Job":
			c.kubectl("wait", "--for=condition=Complete", "job", object.GetName(), "--timeout="+patience.String())
		}
	}
	for _, object := range c.live(manifests) {
		c.eventually(object.GetKind()+" "+object.GetName()+" is Current", func() bool {
			current := c.get(object.GetKind(), object.GetName())
			result, err := status.Compute(current)
			if err != nil {
				c.t.Fatal(err)
			}
			return result.Status == status.CurrentStatus
		})
	}
}

// live returns the objects of manifests as the API server has them.
func (n *namespace) live(manifests string) []unstructured.Unstructured {
	n.t.Helper()
	var list unstructured.UnstructuredList
	if err := json.Unmarshal([]byte(n.pipe(manifests, "get", "--filename=-", "--output=json")), &list); err != nil {
		n.t.Fatal(err)
	}
	return list.Items
}

// resourceVersions is the state of the objects of manifests: any write to one
// of them changes its version.
func (n *namespace) resourceVersions(manifests string) map[string]string {
	n.t.Helper()
	versions := map[string]string{}
	for _, object := range n.live(manifests) {
		versions[object.GetKind()+" "+object.GetName()] = object.GetResourceVersion()
	}
	return versions
}

// settled is resourceVersions once no controller has written for a while.
func (n *namespace) settled(manifests string) map[string]string {
	n.t.Helper()
	versions := n.resourceVersions(manifests)
	n.eventually("nothing writes to the objects", func() bool {
		time.Sleep(5 * time.Second)
		before := versions
		versions = n.resourceVersions(manifests)
		return maps.Equal(before, versions)
	})
	return versions
}

// get returns one object.
func (n *namespace) get(kind, name string) *unstructured.Unstructured {
	n.t.Helper()
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON([]byte(n.kubectl("get", kind, name, "--output=json"))); err != nil {
		n.t.Fatal(err)
	}
	return object
}

// names lists the objects of a kind in the namespace, sorted.
func (n *namespace) names(kind string) []string {
	n.t.Helper()
	return strings.Fields(n.kubectl("get", kind, "--output=jsonpath={.items[*].metadata.name}"))
}

// parse reads multi-document YAML.
func parse(t *testing.T, manifests string) []unstructured.Unstructured {
	t.Helper()
	var objects []unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(manifests), 4096)
	for {
		var object unstructured.Unstructured
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, object)
	}
}
