package fn

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// cluster is a BanhBaoRingCluster to expand, and the item that it came as.
type cluster struct {
	*v1.BanhBaoRingCluster
	item *item
	// results are what reading it had to say.
	results results
	// valid tells that it has no errors, and so can be built.
	valid bool
}

// findClusters returns the clusters to expand: the functionConfig when it is
// one, and otherwise every one among the items. A cluster with errors is still
// returned where it can be read, so that one run finds the errors of later steps
// too.
func (l *resourceList) findClusters() []cluster {
	var clusters []cluster
	for _, i := range l.clusterItems() {
		clusters = append(clusters, cluster{item: i})
	}
	inShares(clusters, func(share []cluster) {
		decoder := v1.NewDecoder()
		for i := range share {
			share[i].decode(decoder)
		}
	})
	for _, c := range clusters {
		l.results.Results = append(l.results.Results, c.results.Results...)
	}
	return slices.DeleteFunc(clusters, func(c cluster) bool { return c.BanhBaoRingCluster == nil })
}

func (l *resourceList) clusterItems() []*item {
	if config := l.functionConfig; config != nil && isCluster(config) {
		return []*item{config}
	} else if config != nil && config.id.kind != "ConfigMap" {
		l.results.add(sdk.Error, config, "kind", "must be %s, or ConfigMap to expand every %s of the package", v1.Kind, v1.Kind)
		return nil
	}
	seen := map[identity]*item{}
	var found []*item
	for _, i := range l.items {
		if !isCluster(i) {
			continue
		}
		if first, ok := seen[i.id]; ok {
			l.results.add(sdk.Error, i, "metadata.name", "is the name of another %s too%s: rename or remove one", v1.Kind, inFile(first))
			continue
		}
		seen[i.id] = i
		found = append(found, i)
	}
	if len(found) == 0 && !l.reportNearClusters() {
		l.results.addGeneral(sdk.Error, "there is no %s of %s: add one to the package, or name it as the functionConfig", v1.Kind, v1.APIVersion)
	}
	return found
}

// reportNearClusters finds what was to be a cluster, where there is none.
func (l *resourceList) reportNearClusters() bool {
	errorsBefore := l.results.errorCount()
	for _, i := range l.items {
		switch {
		case i.id.kind == v1.Kind:
			l.results.add(sdk.Error, i, "apiVersion", "must be %s, got %q", v1.APIVersion, i.apiVersion)
		case i.id.group == v1.Group || strings.EqualFold(i.id.kind, v1.Kind):
			l.results.add(sdk.Error, i, "kind", "must be %s, got %q", v1.Kind, i.id.kind)
		}
	}
	return l.results.errorCount() > errorsBefore
}

func isCluster(i *item) bool { return i.id.group == v1.Group && i.id.kind == v1.Kind }

func inFile(i *item) string {
	if i.path != "" {
		return ", in " + i.path
	}
	return ""
}

// decode reads the cluster from its item and notes what is wrong with it.
func (c *cluster) decode(decoder *v1.Decoder) {
	if c.item.apiVersion != v1.APIVersion {
		c.results.add(sdk.Error, c.item, "apiVersion", "must be %s, got %q", v1.APIVersion, c.item.apiVersion)
		return
	}
	if repeated := repeatedKeys(c.item.view().YNode(), ""); len(repeated) > 0 {
		for _, path := range repeated {
			c.results.add(sdk.Error, c.item, path, "is given twice: remove one")
		}
		return
	}
	data, err := c.item.json()
	if err != nil {
		c.results.add(sdk.Error, c.item, "", "%s", err)
		return
	}
	decoded, problems := decoder.Decode(data)
	c.results.addProblems(c.item, problems)
	c.BanhBaoRingCluster, c.valid = decoded, c.results.errorCount() == 0
}

// json is the item as the decoder takes it. The error of a key is dropped, which quotes
// it and all that is in it.
func (i *item) json() ([]byte, error) {
	data, err := i.view().MarshalJSON()
	if err != nil && strings.Contains(err.Error(), "map key") {
		return nil, errors.New("has an object or nothing for the name of a field, as in {{ value }}: fill in templates first, and put braces that are text in quotes")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return data, nil
}

// repeatedKeys returns the paths of keys that a mapping below node has twice.
// YAML forbids them, and what reads them anyway keeps either.
func repeatedKeys(node *yaml.Node, path string) []string {
	var repeated []string
	switch node.Kind {
	case yaml.MappingNode:
		seen := map[string]bool{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			member := strings.TrimPrefix(path+"."+node.Content[i].Value, ".")
			if seen[member] {
				repeated = append(repeated, member)
			}
			seen[member] = true
			repeated = append(repeated, repeatedKeys(node.Content[i+1], member)...)
		}
	case yaml.SequenceNode:
		for i, element := range node.Content {
			repeated = append(repeated, repeatedKeys(element, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return repeated
}
