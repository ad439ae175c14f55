package builders

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// sealedSecret is a bitnami.com/v1alpha1 SealedSecret, as far as it is written
// here. Its own type brings client-go's scheme: 8 MB and a millisecond.
type sealedSecret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              sealedSecretSpec `json:"spec"`
}

type sealedSecretSpec struct {
	Template      sealedSecretTemplate `json:"template"`
	EncryptedData map[string]string    `json:"encryptedData"`
}

type sealedSecretTemplate struct {
	metav1.ObjectMeta `json:"metadata"`
	Type              corev1.SecretType `json:"type"`
	Data              map[string]string `json:"data,omitempty"`
}

func sealedSecretOf(secret madeSecret, sealed *v1.SealedCredentials) *sealedSecret {
	values := map[string]string{"password": sealed.EncryptedData.Password, "url": sealed.EncryptedData.URL}
	meta := secret.ObjectMeta
	meta.Annotations = merge(meta.Annotations, scopeAnnotations(sealed.Scope))
	return &sealedSecret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "bitnami.com/v1alpha1", Kind: "SealedSecret"},
		ObjectMeta: meta,
		Spec: sealedSecretSpec{
			Template: sealedSecretTemplate{
				// Name and namespace are the SealedSecret's own, whoever changes them.
				ObjectMeta: metav1.ObjectMeta{Labels: meta.Labels, Annotations: meta.Annotations},
				Type:       corev1.SecretTypeOpaque,
				Data:       secret.data,
			},
			EncryptedData: map[string]string{secret.key: values[secret.key]},
		},
	}
}

// scopeAnnotations tell the controller what the ciphertext is bound to; for a
// strict one there is none.
func scopeAnnotations(scope v1.SealedScope) map[string]string {
	if scope == v1.SealedStrict {
		return nil
	}
	return map[string]string{"sealedsecrets.bitnami.com/" + string(scope): "true"}
}
