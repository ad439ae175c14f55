package builders

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// podSecurity runs a pod as Pod Security "restricted" wants it, as the user
// that its image was made for; volumes belong to the group.
func podSecurity(uid, gid int64) *corev1.PodSecurityContext {
	return &corev1.PodSecurityContext{
		RunAsUser:           new(uid),
		RunAsGroup:          new(gid),
		RunAsNonRoot:        new(true),
		FSGroup:             new(gid),
		FSGroupChangePolicy: new(corev1.FSGroupChangeOnRootMismatch),
		SeccompProfile:      &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// containerSecurity is the container's half of "restricted", and stricter: the
// root file system is read-only.
func containerSecurity() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		ReadOnlyRootFilesystem:   new(true),
		AllowPrivilegeEscalation: new(false),
	}
}

// withVolume is the command of a container that must have the volume mounted at
// the path to itself.
func withVolume(path string, command ...string) []string {
	return append([]string{"sh", "-c", lockVolume, "lock-volume", path}, command...)
}

// shellProbe asks by one of the embedded scripts.
func shellProbe(script string, probe corev1.Probe) *corev1.Probe {
	probe.ProbeHandler = corev1.ProbeHandler{
		Exec: &corev1.ExecAction{Command: []string{"sh", "-c", script}},
	}
	return &probe
}

// emptyDir is scratch space on the node's disk.
func emptyDir(name string) corev1.Volume {
	return corev1.Volume{
		Name:         name,
		VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}},
	}
}

// configMapVolume holds the files of a ConfigMap.
func configMapVolume(name, configMap string) corev1.Volume {
	return corev1.Volume{
		Name: name,
		VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: configMap},
		}},
	}
}

// memoryDir is scratch space in memory, which counts against the limit of the
// container that writes to it.
func memoryDir(name, size string) corev1.Volume {
	return corev1.Volume{
		Name: name,
		VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
			Medium:    corev1.StorageMediumMemory,
			SizeLimit: new(resource.MustParse(size)),
		}},
	}
}

// dataClaim is the claim template of a StatefulSet's data volume. Templates
// cannot change, so it carries no label, and everything that the API server
// would fill in is written out: tools that compare would see drift otherwise.
func dataClaim(storage v1.StorageSpec) corev1.PersistentVolumeClaim {
	return corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Name: "data"},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: *storage.Size},
			},
			StorageClassName: storage.StorageClass,
			VolumeMode:       new(corev1.PersistentVolumeFilesystem),
		},
	}
}

// keepClaims keeps the data when a StatefulSet goes or shrinks.
func keepClaims() *appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy {
	return &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
		WhenDeleted: appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
		WhenScaled:  appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
	}
}

func requirements(r v1.Resources) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{Limits: r.Limits, Requests: r.Requests}
}

func computeResources(cpu, memory, scratch string) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse(cpu),
		corev1.ResourceMemory:           resource.MustParse(memory),
		corev1.ResourceEphemeralStorage: resource.MustParse(scratch),
	}
}

// secretEnv is an environment variable that the kubelet reads from a Secret.
func secretEnv(name, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{
		Name: name,
		ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: secret},
			Key:                  key,
		}},
	}
}

// fieldEnv is an environment variable with a field of the pod.
func fieldEnv(name, path string) corev1.EnvVar {
	return corev1.EnvVar{
		Name:      name,
		ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: path}},
	}
}

// apart asks for a machine for each of the pods, as far as there are enough.
func apart(pods map[string]string) *corev1.Affinity {
	return &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{
			Weight: 100,
			PodAffinityTerm: corev1.PodAffinityTerm{
				LabelSelector: &metav1.LabelSelector{MatchLabels: pods},
				TopologyKey:   corev1.LabelHostname,
			},
		}},
	}}
}

// acrossZones asks for as many of the pods in each zone, as far as nodes allow.
func acrossZones(pods map[string]string) []corev1.TopologySpreadConstraint {
	return []corev1.TopologySpreadConstraint{{
		MaxSkew:           1,
		TopologyKey:       corev1.LabelTopologyZone,
		WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector:     &metav1.LabelSelector{MatchLabels: pods},
	}}
}

// podDisruptionBudget lets one of the pods go at a time.
func podDisruptionBudget(meta metav1.ObjectMeta, pods map[string]string) *policyv1.PodDisruptionBudget {
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"},
		ObjectMeta: meta,
		Spec: policyv1.PodDisruptionBudgetSpec{
			Selector:       &metav1.LabelSelector{MatchLabels: pods},
			MaxUnavailable: new(intstr.FromInt32(1)),
		},
	}
}

// serviceAccount is the identity of pods that ask nothing of the API server.
func serviceAccount(meta metav1.ObjectMeta) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   meta,
		AutomountServiceAccountToken: new(false),
	}
}

func imagePullSecrets(c *v1.BanhBaoRingCluster) []corev1.LocalObjectReference {
	var secrets []corev1.LocalObjectReference
	for _, secret := range c.Spec.ImagePullSecrets {
		secrets = append(secrets, corev1.LocalObjectReference{Name: secret.Name})
	}
	return secrets
}

// checksum is a digest of a ConfigMap's data, for the annotation configChecksum.
func checksum(data map[string]string) string {
	digest := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(data)) {
		digest.Write([]byte(key + "\x00" + data[key] + "\x00"))
	}
	return hex.EncodeToString(digest.Sum(nil))
}
