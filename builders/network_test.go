package builders_test

import (
	"net/netip"
	"slices"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// TestNetworkPolicies asks of a few pods, some of them made here and some by
// others, who may connect to whom.
func TestNetworkPolicies(t *testing.T) {
	const (
		everything = `{redis: {mode: cluster, network: {allowFrom: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}},
			database: {migration: {enabled: true}, network: {allowFrom: [{podSelector: {matchLabels: {app: grafana}}, namespaceSelector: {matchLabels: {team: ops}}}]}}}`
		replicated = "{database: {replicas: 3, pooler: {}, migration: {enabled: true}}}"
		external   = "{database: {managed: false, connectionString: {name: elsewhere, key: url}, migration: {enabled: true}}}"
		monitored  = "{monitoring: {enabled: true}, redis: {mode: cluster}}"
		byGrafana  = "{monitoring: {enabled: true, allowFrom: [{podSelector: {matchLabels: {app: grafana}}}]}, database: {replicas: 3, pooler: {}}}"
		off        = "{network: {enabled: false}, redis: {mode: cluster}}"
	)
	tests := map[string]struct {
		spec     string
		from, to string
		port     int32
		want     bool
	}{
		"control plane to PostgreSQL":            {everything, "control-plane", "postgres", 5432, true},
		"control plane to Redis":                 {everything, "control-plane", "redis", 6379, true},
		"control plane to one Redis":             {"{}", "control-plane", "redis", 6379, true},
		"control plane to the bus":               {everything, "control-plane", "redis", 16379, false},
		"control plane to another port":          {everything, "control-plane", "postgres", 22, false},
		"another instance to PostgreSQL":         {everything, "another-instance", "postgres", 5432, false},
		"another instance to Redis":              {everything, "another-instance", "redis", 6379, false},
		"same labels in another namespace":       {everything, "another-namespace", "postgres", 5432, false},
		"same labels elsewhere to Redis":         {everything, "another-namespace", "redis", 6379, false},
		"allowed peer to PostgreSQL":             {everything, "grafana", "postgres", 5432, true},
		"allowed peer to what it is not for":     {everything, "grafana", "redis", 6379, false},
		"allowed peer of another namespace":      {everything, "grafana-of-others", "postgres", 5432, false},
		"allowed address to Redis":               {everything, "10.2.0.1", "redis", 6379, true},
		"allowed address to the bus":             {everything, "10.2.0.1", "redis", 16379, false},
		"address that is excepted":               {everything, "10.1.0.1", "redis", 6379, false},
		"address to PostgreSQL":                  {everything, "10.2.0.1", "postgres", 5432, false},
		"join Job to Redis":                      {everything, "redis-join", "redis", 6379, true},
		"join Job to the bus":                    {everything, "redis-join", "redis", 16379, false},
		"join Job to PostgreSQL":                 {everything, "redis-join", "postgres", 5432, false},
		"join Job to DNS":                        {everything, "redis-join", "dns", 53, true},
		"control plane to the join Job":          {everything, "control-plane", "redis-join", 6379, false},
		"Redis to Redis":                         {everything, "redis", "redis", 6379, true},
		"Redis to the bus":                       {everything, "redis", "redis", 16379, true},
		"Redis to DNS":                           {everything, "redis", "dns", 53, true},
		"Redis to PostgreSQL":                    {everything, "redis", "postgres", 5432, false},
		"Redis to the world":                     {everything, "redis", "192.0.2.1", 443, false},
		"one Redis to DNS":                       {"{}", "redis", "dns", 53, false},
		"PostgreSQL to Redis":                    {everything, "postgres", "redis", 6379, false},
		"PostgreSQL to DNS":                      {everything, "postgres", "dns", 53, false},
		"migration to PostgreSQL":                {everything, "migration", "postgres", 5432, true},
		"migration to DNS":                       {everything, "migration", "dns", 53, true},
		"migration to Redis":                     {everything, "migration", "redis", 6379, false},
		"migration to the world":                 {everything, "migration", "192.0.2.1", 5432, false},
		"migration to an external database":      {external, "migration", "192.0.2.1", 5433, true},
		"control plane to the migration":         {external, "control-plane", "migration", 80, false},
		"migration to CloudNativePG":             {replicated, "migration", "instance", 5432, true},
		"migration to CloudNativePG's pooler":    {replicated, "migration", "pooler", 5432, true},
		"control plane to CloudNativePG":         {replicated, "control-plane", "instance", 5432, true},
		"control plane to the pooler":            {replicated, "control-plane", "pooler", 5432, true},
		"control plane to an instance's status":  {replicated, "control-plane", "instance", 8000, false},
		"another instance to CloudNativePG":      {replicated, "another-instance", "instance", 5432, false},
		"another instance to the pooler":         {replicated, "another-instance", "pooler", 5432, false},
		"instances replicate":                    {replicated, "instance", "instance", 5432, true},
		"instances watch each other":             {replicated, "instance", "instance", 8000, true},
		"pooler to the instances":                {replicated, "pooler", "instance", 5432, true},
		"operator to an instance's status":       {replicated, "operator", "instance", 8000, true},
		"operator to the server":                 {replicated, "operator", "instance", 5432, true},
		"instance to an object store":            {replicated, "instance", "192.0.2.1", 443, true},
		"Prometheus to PostgreSQL's metrics":     {monitored, "prometheus", "postgres", 9187, true},
		"Prometheus to PostgreSQL":               {monitored, "prometheus", "postgres", 5432, false},
		"Prometheus to metrics of Redis":         {monitored, "prometheus", "redis", 9121, true},
		"Prometheus where there are no metrics":  {everything, "prometheus", "redis", 9121, false},
		"control plane to metrics":               {monitored, "control-plane", "redis", 9121, false},
		"another scraper to an instance":         {byGrafana, "grafana-of-others", "instance", 9187, true},
		"another scraper to the pooler":          {byGrafana, "grafana-of-others", "pooler", 9127, true},
		"Prometheus instead of another scraper":  {byGrafana, "prometheus", "instance", 9187, false},
		"another instance where it is off":       {off, "another-instance", "postgres", 5432, true},
		"another instance to the bus, where off": {off, "another-instance", "redis", 16379, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			objects := build(t, test.spec)
			from, to := findPod(t, objects, test.from), findPod(t, objects, test.to)
			if got := mayConnect(objects, from, to, test.port); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// pod is one end of a connection: a pod of a namespace, or an address outside.
type pod struct {
	namespace labels.Set
	labels    labels.Set
	address   string
}

// findPod returns a pod by the component that it is of, if it is made here.
func findPod(t *testing.T, objects []builders.Object, name string) pod {
	t.Helper()
	prod := labels.Set{"kubernetes.io/metadata.name": "prod"}
	if _, err := netip.ParseAddr(name); err == nil {
		return pod{address: name}
	}
	for _, object := range objects {
		var template corev1.PodTemplateSpec
		switch object := object.(type) {
		case *appsv1.StatefulSet:
			template = object.Spec.Template
		case *batchv1.Job:
			template = object.Spec.Template
		}
		if template.Labels["app.kubernetes.io/component"] == name {
			return pod{namespace: prod, labels: template.Labels}
		}
	}
	of := func(instance string) labels.Set {
		return labels.Set{"app.kubernetes.io/name": "banhbaoring", "app.kubernetes.io/instance": instance, "app.kubernetes.io/component": "api"}
	}
	byOthers := map[string]pod{
		"control-plane":     {namespace: prod, labels: of("demo")},
		"another-instance":  {namespace: prod, labels: of("other")},
		"another-namespace": {namespace: labels.Set{"kubernetes.io/metadata.name": "test"}, labels: of("demo")},
		"grafana":           {namespace: labels.Set{"team": "ops"}, labels: labels.Set{"app": "grafana"}},
		"grafana-of-others": {namespace: prod, labels: labels.Set{"app": "grafana"}},
		"prometheus":        {namespace: labels.Set{"kubernetes.io/metadata.name": "monitoring"}, labels: labels.Set{"app.kubernetes.io/name": "prometheus"}},
		"dns":               {namespace: labels.Set{"kubernetes.io/metadata.name": "kube-system"}, labels: labels.Set{"k8s-app": "kube-dns"}},
		"operator":          {namespace: labels.Set{"kubernetes.io/metadata.name": "cnpg-system"}, labels: labels.Set{"app.kubernetes.io/name": "cloudnative-pg"}},
		"instance":          {namespace: prod, labels: labels.Set{"cnpg.io/cluster": "demo-postgres", "cnpg.io/podRole": "instance"}},
		"pooler":            {namespace: prod, labels: labels.Set{"cnpg.io/cluster": "demo-postgres", "cnpg.io/poolerName": "demo-postgres-pooler"}},
	}
	found, ok := byOthers[name]
	if !ok {
		t.Fatalf("there is no pod %s", name)
	}
	return found
}

// mayConnect tells whether both ends allow a TCP connection. As in Kubernetes, a
// pod that no policy is for allows all, and of several policies one suffices.
func mayConnect(objects []builders.Object, from, to pod, port int32) bool {
	return allows(objects, networkingv1.PolicyTypeEgress, from, to, port) &&
		allows(objects, networkingv1.PolicyTypeIngress, to, from, port)
}

func allows(objects []builders.Object, direction networkingv1.PolicyType, guarded, peer pod, port int32) bool {
	closed := false
	for _, object := range objects {
		policy, ok := object.(*networkingv1.NetworkPolicy)
		if !ok || !slices.Contains(policy.Spec.PolicyTypes, direction) || !isIn(policy, guarded) || !selects(&policy.Spec.PodSelector, guarded.labels) {
			continue
		}
		closed = true
		for _, r := range rulesOf(policy, direction) {
			hasPort := slices.ContainsFunc(r.ports, func(p networkingv1.NetworkPolicyPort) bool {
				return *p.Protocol == corev1.ProtocolTCP && p.Port.IntVal == port
			})
			hasPeer := slices.ContainsFunc(r.peers, func(p networkingv1.NetworkPolicyPeer) bool { return isPeer(p, policy, peer) })
			if (hasPort || len(r.ports) == 0) && (hasPeer || len(r.peers) == 0) {
				return true
			}
		}
	}
	return !closed
}

type rule struct {
	ports []networkingv1.NetworkPolicyPort
	peers []networkingv1.NetworkPolicyPeer
}

func rulesOf(policy *networkingv1.NetworkPolicy, direction networkingv1.PolicyType) []rule {
	var rules []rule
	if direction == networkingv1.PolicyTypeIngress {
		for _, r := range policy.Spec.Ingress {
			rules = append(rules, rule{r.Ports, r.From})
		}
		return rules
	}
	for _, r := range policy.Spec.Egress {
		rules = append(rules, rule{r.Ports, r.To})
	}
	return rules
}

func isPeer(p networkingv1.NetworkPolicyPeer, policy *networkingv1.NetworkPolicy, other pod) bool {
	if p.IPBlock != nil {
		excepted := slices.ContainsFunc(p.IPBlock.Except, func(cidr string) bool { return isAt(cidr, other) })
		return isAt(p.IPBlock.CIDR, other) && !excepted
	}
	inNamespace := isIn(policy, other)
	if p.NamespaceSelector != nil {
		inNamespace = selects(p.NamespaceSelector, other.namespace)
	}
	return other.address == "" && inNamespace && (p.PodSelector == nil || selects(p.PodSelector, other.labels))
}

// isIn tells whether the pod is in the namespace of the policy.
func isIn(policy *networkingv1.NetworkPolicy, p pod) bool {
	return p.namespace["kubernetes.io/metadata.name"] == policy.Namespace
}

func isAt(cidr string, other pod) bool {
	return other.address != "" && netip.MustParsePrefix(cidr).Contains(netip.MustParseAddr(other.address))
}

func selects(selector *metav1.LabelSelector, set labels.Set) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(set)
}
