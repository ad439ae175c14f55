package builders

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// networkPolicy returns a NetworkPolicy, or nothing where they are turned off.
// Every component has one, with the rules of its own; what more may connect to it
// is another line in that. Rules name ports by number: not every network plugin
// resolves names.
func networkPolicy(c *v1.BanhBaoRingCluster, meta metav1.ObjectMeta, spec networkingv1.NetworkPolicySpec) []Object {
	if !*c.Spec.Network.Enabled {
		return nil
	}
	return []Object{&networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "NetworkPolicy"},
		ObjectMeta: meta,
		Spec:       spec,
	}}
}

// clients are who may connect to a server: the pods of this cluster, whichever
// component they are and whoever made them, and what allowFrom names.
func clients(c *v1.BanhBaoRingCluster, access v1.AccessSpec) []networkingv1.NetworkPolicyPeer {
	members := map[string]string{
		"app.kubernetes.io/name":     appName,
		"app.kubernetes.io/instance": c.Name,
	}
	return slices.Concat(podsWith(members), access.AllowFrom)
}

// podsWith are the pods of the policy's own namespace that have the labels.
func podsWith(labels map[string]string) []networkingv1.NetworkPolicyPeer {
	return []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}}
}

// toDNS lets pods resolve names, at any address: a cache on the node, as many
// clusters have one, is no pod that a selector would find.
func toDNS() networkingv1.NetworkPolicyEgressRule {
	return networkingv1.NetworkPolicyEgressRule{Ports: []networkingv1.NetworkPolicyPort{
		policyPort(corev1.ProtocolUDP, 53),
		policyPort(corev1.ProtocolTCP, 53),
	}}
}

func tcpPorts(numbers ...int32) []networkingv1.NetworkPolicyPort {
	var ports []networkingv1.NetworkPolicyPort
	for _, number := range numbers {
		ports = append(ports, policyPort(corev1.ProtocolTCP, number))
	}
	return ports
}

func policyPort(protocol corev1.Protocol, number int32) networkingv1.NetworkPolicyPort {
	return networkingv1.NetworkPolicyPort{Protocol: new(protocol), Port: new(intstr.FromInt32(number))}
}

// bothWays closes pods in both directions but for their rules. Left out, the
// second would depend on whether there is a rule for it.
func bothWays() []networkingv1.PolicyType {
	return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
}
