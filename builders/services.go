package builders

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// service has one address for all pods that are ready.
func service(meta metav1.ObjectMeta, pods map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta,
		Spec: corev1.ServiceSpec{
			Ports:    ports,
			Selector: pods,
			Type:     corev1.ServiceTypeClusterIP,
		},
	}
}

// headlessService has none, and a DNS name for each pod.
func headlessService(meta metav1.ObjectMeta, pods map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	headless := service(meta, pods, ports...)
	headless.Spec.ClusterIP = corev1.ClusterIPNone
	return headless
}

// servicePort forwards a port to the container port of the same name.
func servicePort(name string, port int32) corev1.ServicePort {
	return corev1.ServicePort{
		Name:       name,
		Protocol:   corev1.ProtocolTCP,
		Port:       port,
		TargetPort: intstr.FromString(name),
	}
}
