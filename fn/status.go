package fn

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// FoundCluster is a valid cluster of a file, which can be written again with
// another status.
type FoundCluster struct {
	*v1.BanhBaoRingCluster
	item *item
}

// FindClusters returns the clusters of files, or the ones of a name. It checks
// them as a render does, and log gets what a render would say of them.
func FindClusters(files []File, name string, log io.Writer) ([]FoundCluster, error) {
	items, err := readFiles(files)
	if err != nil {
		return nil, err
	}
	list := &resourceList{items: items}
	var found []FoundCluster
	var names []string
	for _, c := range list.findClusters() {
		names = append(names, c.Name)
		if name == "" || c.Name == name {
			found = append(found, FoundCluster{c.BanhBaoRingCluster, c.item})
		}
	}
	list.results.log(log)
	switch n := list.results.errorCount(); {
	case n > 0:
		return nil, fmt.Errorf("the files cannot be rendered, errors: %d", n)
	case len(found) == 0:
		return nil, noCluster(name, strings.Join(names, ", "))
	}
	return found, nil
}

// Status is the status that the cluster has in its file, and nothing where that
// is no object.
func (c FoundCluster) Status() map[string]any {
	var object struct {
		Status map[string]any `json:"status"`
	}
	data, err := c.item.view().MarshalJSON()
	if err != nil || utiljson.Unmarshal(data, &object) != nil {
		return nil
	}
	return object.Status
}

// WithStatus returns the YAML of the cluster as it is in its file, with another
// status and, unless it is empty, another resourceVersion. Aliases are written
// out.
func (c FoundCluster) WithStatus(status map[string]any, resourceVersion string) ([]byte, error) {
	block, err := newYAMLWriter().write(status)
	if err != nil {
		return nil, err
	}
	node, err := yaml.Parse(block)
	if err != nil {
		return nil, err
	}
	document := c.item.view().Copy()
	if err := document.PipeE(yaml.FieldSetter{Name: "status", Value: node, OverrideStyle: true}); err != nil {
		return nil, err
	}
	if resourceVersion != "" {
		version := yaml.NewStringRNode(resourceVersion)
		version.YNode().Style = yaml.DoubleQuotedStyle // it is a string of digits
		if err := document.PipeE(yaml.Lookup("metadata"), yaml.FieldSetter{Name: "resourceVersion", Value: version, OverrideStyle: true}); err != nil {
			return nil, err
		}
	}
	// What is added to a cluster in JSON reads better as a block.
	document.YNode().Style = 0
	var out bytes.Buffer
	err = yaml.NewEncoder(&out).Encode(document.YNode())
	return out.Bytes(), err
}
