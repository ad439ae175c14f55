package builders

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// The keys of a Secret with a certificate, as cert-manager writes them.
const (
	tlsCertificate = corev1.TLSCertKey
	tlsKey         = corev1.TLSPrivateKeyKey
	tlsAuthority   = "ca.crt"
)

// CertificateKeys are the keys that a Secret with a certificate must have.
func CertificateKeys() []string { return []string{tlsCertificate, tlsKey, tlsAuthority} }

// certificate is a cert-manager.io/v1 Certificate, as far as it is written here.
// Its own type would bring the Gateway API along.
type certificate struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              certificateSpec `json:"spec"`
}

type certificateSpec struct {
	DNSNames       []string                  `json:"dnsNames"`
	SecretName     string                    `json:"secretName"`
	SecretTemplate certificateSecretTemplate `json:"secretTemplate"`
	IssuerRef      v1.IssuerRef              `json:"issuerRef"`
	Usages         []string                  `json:"usages"`
	PrivateKey     certificatePrivateKey     `json:"privateKey"`
}

type certificateSecretTemplate struct {
	Labels map[string]string `json:"labels"`
}

type certificatePrivateKey struct {
	RotationPolicy string `json:"rotationPolicy"`
	Algorithm      string `json:"algorithm"`
	Size           int    `json:"size"`
}

// certificateFor returns what has cert-manager fill the Secret, or nothing where
// the Secret is there already. The Secret gets the labels.
func certificateFor(meta metav1.ObjectMeta, tls *v1.TLSSpec, secretLabels map[string]string, names ...string) []Object {
	if tls == nil || tls.Issuer == nil {
		return nil
	}
	return []Object{&certificate{
		TypeMeta:   metav1.TypeMeta{APIVersion: "cert-manager.io/v1", Kind: "Certificate"},
		ObjectMeta: meta,
		Spec: certificateSpec{
			DNSNames:       names,
			SecretName:     tls.SecretName,
			SecretTemplate: certificateSecretTemplate{Labels: secretLabels},
			IssuerRef:      *tls.Issuer,
			// The nodes of a Redis Cluster ask each other for it as clients too.
			Usages:     []string{"digital signature", "key encipherment", "server auth", "client auth"},
			PrivateKey: certificatePrivateKey{RotationPolicy: "Always", Algorithm: "ECDSA", Size: 256},
		},
	}}
}

// serviceNames are the names by which pods know a Service, or pods behind one,
// from the same namespace, from another, and with the usual domain of a cluster.
func serviceNames(c *v1.BanhBaoRingCluster, hosts ...string) []string {
	var names []string
	for _, host := range hosts {
		names = append(names, host,
			fmt.Sprintf("%s.%s", host, c.Namespace),
			fmt.Sprintf("%s.%s.svc", host, c.Namespace),
			fmt.Sprintf("%s.%s.svc.cluster.local", host, c.Namespace))
	}
	return names
}

// tlsVolume mounts keys of a certificate's Secret. They belong to root, and the
// group may read them, which is as much as PostgreSQL lets a key be open.
func tlsVolume(secret string, keys ...string) corev1.Volume {
	var items []corev1.KeyToPath
	for _, key := range keys {
		items = append(items, corev1.KeyToPath{Key: key, Path: key})
	}
	return corev1.Volume{
		Name: "tls",
		VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
			SecretName:  secret,
			Items:       items,
			DefaultMode: new(int32(0o440)),
		}},
	}
}

func tlsMount(directory string) corev1.VolumeMount {
	return corev1.VolumeMount{Name: "tls", ReadOnly: true, MountPath: directory}
}
