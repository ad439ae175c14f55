package status

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// Live is what a Kubernetes cluster answered: the objects of the kinds that a
// Report is made from.
type Live struct{ objects []*object }

// object is one of these, as far as it is looked at.
type object struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              objectSpec   `json:"spec"`
	Status            objectStatus `json:"status"`
	// Data tells which keys of a Secret have a value.
	Data map[string]filled `json:"data"`
	// cluster is the status of a BanhBaoRingCluster, whoever wrote it.
	cluster map[string]any
}

type objectSpec struct {
	Replicas    *int32 `json:"replicas"`    // of a StatefulSet
	Instances   *int32 `json:"instances"`   // of CloudNativePG's Cluster
	Completions *int32 `json:"completions"` // of a Job
	Suspend     bool   `json:"suspend"`     // of a Job
}

type objectStatus struct {
	ObservedGeneration int64       `json:"observedGeneration"`
	Conditions         []condition `json:"conditions"`

	// Of a StatefulSet.
	ReadyReplicas   int32  `json:"readyReplicas"`
	UpdatedReplicas int32  `json:"updatedReplicas"`
	CurrentRevision string `json:"currentRevision"`
	UpdateRevision  string `json:"updateRevision"`

	// Of a Job.
	StartTime metav1.Time `json:"startTime"`
	Active    int32       `json:"active"`
	Succeeded int32       `json:"succeeded"`
	Failed    int32       `json:"failed"`

	// Of CloudNativePG's Cluster; a pod has a phase too.
	ReadyInstances int32  `json:"readyInstances"`
	Phase          string `json:"phase"`
	PhaseReason    string `json:"phaseReason"`

	// Of a Pod.
	InitContainerStatuses []containerStatus `json:"initContainerStatuses"`
	ContainerStatuses     []containerStatus `json:"containerStatuses"`
}

type condition struct {
	Type               string      `json:"type"`
	Status             string      `json:"status"`
	Reason             string      `json:"reason"`
	Message            string      `json:"message"`
	LastTransitionTime metav1.Time `json:"lastTransitionTime"`
}

type containerStatus struct {
	State struct {
		Waiting *struct {
			Reason string `json:"reason"`
		} `json:"waiting"`
	} `json:"state"`
}

// filled is all that is kept of a Secret's value: whether it has any.
type filled bool

func (f *filled) UnmarshalJSON(value []byte) error {
	*f = string(value) != `""` && string(value) != "null"
	return nil
}

// looksAt tells the kinds that a Report is made from.
func looksAt(kind schema.GroupKind) bool {
	return slices.Contains([]schema.GroupKind{
		{Group: "apps", Kind: "StatefulSet"},
		{Group: "batch", Kind: "Job"},
		{Group: "postgresql.cnpg.io", Kind: "Cluster"},
		{Kind: "Pod"},
		{Kind: "Secret"},
		{Group: "bitnami.com", Kind: "SealedSecret"},
		{Group: "external-secrets.io", Kind: "ExternalSecret"},
		{Group: v1.Group, Kind: v1.Kind},
	}, kind)
}

const expected = "it must have what kubectl get prints with -o yaml or -o json"

// Read reads what kubectl get prints with -o yaml or -o json: objects and lists
// of them, in any number of documents. Kinds and fields that it does not know are
// passed over. Its errors never quote the input, which may hold Secrets.
func Read(in io.Reader) (*Live, error) {
	documents, err := readDocuments(in)
	if err != nil {
		return nil, err
	}
	if len(documents) == 0 {
		return nil, errors.New("is empty: " + expected)
	}
	live := &Live{}
	for i, document := range documents {
		if err := live.add(document, metav1.TypeMeta{}); err != nil {
			return nil, fmt.Errorf("has a document %d that %w: %s", i+1, err, expected)
		}
	}
	return live, nil
}

// readDocuments returns documents as JSON; those without content are left out.
func readDocuments(in io.Reader) ([]json.RawMessage, error) {
	var documents []json.RawMessage
	reader := utilyaml.NewYAMLReader(bufio.NewReader(in))
	for {
		text, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, errors.New("cannot be read")
		}
		if stream, ok := readJSON(text); ok {
			documents = append(documents, stream...)
			continue
		}
		document, err := yaml.YAMLToJSON(text)
		if err != nil {
			return nil, fmt.Errorf("is neither YAML nor JSON: document %d%s: %s", len(documents)+1, lineOf(err), expected)
		}
		if !bytes.Equal(document, []byte("null")) {
			documents = append(documents, document)
		}
	}
}

// readJSON reads objects in JSON, one after the other.
func readJSON(text []byte) (documents []json.RawMessage, ok bool) {
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var document json.RawMessage
		if err := decoder.Decode(&document); err != nil {
			return documents, errors.Is(err, io.EOF)
		}
		documents = append(documents, document)
	}
}

// lineOf keeps of a parser's error where it is: the rest may quote a password.
func lineOf(err error) string {
	if line := regexp.MustCompile(`line \d+`).FindString(err.Error()); line != "" {
		return ", " + line
	}
	return ""
}

// add takes up an object, or those of a list. In the lists that an API server
// returns, the items have no kind of their own.
func (l *Live) add(document json.RawMessage, list metav1.TypeMeta) error {
	var header struct {
		metav1.TypeMeta `json:",inline"`
		Items           *[]json.RawMessage `json:"items"`
	}
	if utiljson.Unmarshal(document, &header) != nil {
		return errors.New("is no object")
	}
	if header.Kind == "" {
		header.TypeMeta = list
	}
	switch {
	case header.Kind == "":
		return errors.New("has no kind")
	case strings.HasSuffix(header.Kind, "List") && header.Items != nil:
		of := metav1.TypeMeta{APIVersion: header.APIVersion, Kind: strings.TrimSuffix(header.Kind, "List")}
		for _, item := range *header.Items {
			if err := l.add(item, of); err != nil {
				return err
			}
		}
	case looksAt(header.GroupVersionKind().GroupKind()):
		return l.addObject(document, header.TypeMeta)
	}
	return nil
}

func (l *Live) addObject(document json.RawMessage, kind metav1.TypeMeta) error {
	o, err := readObject(document, kind.Kind == v1.Kind)
	if err != nil {
		return fmt.Errorf("has a %s whose fields are not a %s's", kind.Kind, kind.Kind)
	}
	o.TypeMeta = kind
	l.objects = append(l.objects, o)
	return nil
}

// readObject reads a BanhBaoRingCluster on its own: its status is not of the
// shape that the others' have in common.
func readObject(document json.RawMessage, isCluster bool) (*object, error) {
	if !isCluster {
		o := &object{}
		return o, utiljson.Unmarshal(document, o)
	}
	var cluster struct {
		metav1.ObjectMeta `json:"metadata"`
		Status            map[string]any `json:"status"`
	}
	err := utiljson.Unmarshal(document, &cluster)
	return &object{ObjectMeta: cluster.ObjectMeta, cluster: cluster.Status}, err
}

// find returns the object of a kind and name in a namespace, or nil.
func (l *Live) find(kind schema.GroupKind, namespace, name string) *object {
	for _, o := range l.objects {
		if o.is(kind) && o.Namespace == namespace && o.Name == name {
			return o
		}
	}
	return nil
}

// has tells whether there is any object of a kind in a namespace: if so, they
// were asked for.
func (l *Live) has(kind schema.GroupKind, namespace string) bool {
	return slices.ContainsFunc(l.objects, func(o *object) bool { return o.is(kind) && o.Namespace == namespace })
}

// podsOf returns the pods that belong to an object itself.
func (l *Live) podsOf(owner *object) []*object {
	var pods []*object
	for _, o := range l.objects {
		isPod := o.is(schema.GroupKind{Kind: "Pod"}) && o.Namespace == owner.Namespace
		if isPod && slices.ContainsFunc(o.OwnerReferences, func(r metav1.OwnerReference) bool { return r.UID == owner.UID && r.UID != "" }) {
			pods = append(pods, o)
		}
	}
	return pods
}

func (o *object) is(kind schema.GroupKind) bool {
	return o.GroupVersionKind().GroupKind() == kind
}

// condition returns the one of a type; where there is none, its status is empty.
func (o *object) condition(kind string) condition {
	for _, c := range o.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return condition{}
}

// times are when the object may have become what it is, as far as it tells. A
// StatefulSet does so by what its controller wrote last, which is known where
// kubectl shows managed fields.
func (o *object) times() []metav1.Time {
	times := []metav1.Time{o.CreationTimestamp}
	for _, c := range o.Status.Conditions {
		if slices.Contains([]string{"Ready", "Complete", "Failed", "Synced"}, c.Type) {
			times = append(times, c.LastTransitionTime)
		}
	}
	for _, entry := range o.ManagedFields {
		if o.Kind == "StatefulSet" && entry.Subresource == "status" && entry.Time != nil {
			times = append(times, *entry.Time)
		}
	}
	return times
}
