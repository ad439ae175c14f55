package builders

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const generatorsAPI = "generators.external-secrets.io/v1alpha1"

// externalSecret is an external-secrets.io/v1 ExternalSecret, as far as it is
// written here: its own module cannot be imported without the operator's.
// Whatever the operator would fill in is written out, or tools that compare
// would see drift.
type externalSecret struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              externalSecretSpec `json:"spec"`
}

type externalSecretSpec struct {
	SecretStoreRef  *v1.SecretStoreRef       `json:"secretStoreRef,omitempty"`
	Target          externalSecretTarget     `json:"target"`
	RefreshPolicy   string                   `json:"refreshPolicy"`
	RefreshInterval string                   `json:"refreshInterval"`
	Data            []externalSecretData     `json:"data,omitempty"`
	DataFrom        []externalSecretDataFrom `json:"dataFrom,omitempty"`
}

type externalSecretTarget struct {
	Name           string                 `json:"name"`
	CreationPolicy string                 `json:"creationPolicy"`
	DeletionPolicy string                 `json:"deletionPolicy"`
	Template       externalSecretTemplate `json:"template"`
	Immutable      bool                   `json:"immutable,omitempty"`
}

type externalSecretTemplate struct {
	Type          corev1.SecretType      `json:"type"`
	EngineVersion string                 `json:"engineVersion"`
	Metadata      externalSecretMetadata `json:"metadata"`
	MergePolicy   string                 `json:"mergePolicy"`
	Data          map[string]string      `json:"data,omitempty"`
}

type externalSecretMetadata struct {
	Annotations map[string]string `json:"annotations,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

type externalSecretData struct {
	SecretKey string                `json:"secretKey"`
	RemoteRef externalSecretDataRef `json:"remoteRef"`
}

type externalSecretDataRef struct {
	v1.RemoteRef
	ConversionStrategy string `json:"conversionStrategy"`
	DecodingStrategy   string `json:"decodingStrategy"`
	MetadataPolicy     string `json:"metadataPolicy"`
}

type externalSecretDataFrom struct {
	SourceRef externalSecretSourceRef `json:"sourceRef"`
}

type externalSecretSourceRef struct {
	GeneratorRef generatorRef `json:"generatorRef"`
}

type generatorRef struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

// password is the operator's password generator.
type password struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              passwordSpec `json:"spec"`
}

type passwordSpec struct {
	Length      int32 `json:"length"`
	Symbols     int32 `json:"symbols"`
	NoUpper     bool  `json:"noUpper"`
	AllowRepeat bool  `json:"allowRepeat"`
}

// fetchedSecret follows a value in a store.
func fetchedSecret(secret madeSecret, external *v1.ExternalSecretCredentials) *externalSecret {
	return &externalSecret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret"},
		ObjectMeta: secret.ObjectMeta,
		Spec: externalSecretSpec{
			SecretStoreRef: external.SecretStoreRef,
			Target: externalSecretTarget{
				Name:           secret.Name,
				CreationPolicy: "Owner",
				DeletionPolicy: "Retain",
				Template:       externalTemplate(secret),
			},
			RefreshPolicy:   "Periodic",
			RefreshInterval: external.RefreshInterval,
			Data: []externalSecretData{{
				SecretKey: secret.key,
				RemoteRef: externalSecretDataRef{
					RemoteRef:          *external.RemoteRef,
					ConversionStrategy: "Default",
					DecodingStrategy:   "None",
					MetadataPolicy:     "None",
				},
			}},
		},
	}
}

// generatedSecret makes a password once. CreatedOnce never asks the generator
// again; where the ExternalSecret itself is made anew, Orphan has left the
// Secret, and immutable makes the operator, and the API server, keep its data.
func generatedSecret(secret madeSecret, external *v1.ExternalSecretCredentials) *externalSecret {
	return &externalSecret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "external-secrets.io/v1", Kind: "ExternalSecret"},
		ObjectMeta: secret.ObjectMeta,
		Spec: externalSecretSpec{
			Target: externalSecretTarget{
				Name:           secret.Name,
				CreationPolicy: "Orphan",
				DeletionPolicy: "Retain",
				Template:       externalTemplate(secret),
				Immutable:      true,
			},
			RefreshPolicy:   "CreatedOnce",
			RefreshInterval: external.RefreshInterval,
			DataFrom: []externalSecretDataFrom{{SourceRef: externalSecretSourceRef{
				GeneratorRef: generatorRef{APIVersion: generatorsAPI, Kind: "Password", Name: secret.Name},
			}}},
		},
	}
}

func externalTemplate(secret madeSecret) externalSecretTemplate {
	return externalSecretTemplate{
		Type:          corev1.SecretTypeOpaque,
		EngineVersion: "v2",
		Metadata:      externalSecretMetadata{Annotations: secret.Annotations, Labels: secret.Labels},
		MergePolicy:   "Merge",
		Data:          secret.data,
	}
}

// passwordGenerator makes passwords without symbols, which are the same in a
// URL, a shell and a configuration file.
func passwordGenerator(secret madeSecret, generate *v1.GeneratedPassword) *password {
	return &password{
		TypeMeta:   metav1.TypeMeta{APIVersion: generatorsAPI, Kind: "Password"},
		ObjectMeta: secret.ObjectMeta,
		Spec:       passwordSpec{Length: *generate.Length, AllowRepeat: true},
	}
}
