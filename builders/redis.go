package builders

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	redisPort     = 6379
	redisPortName = "redis"
	// redisUID and redisGID are the redis user of the official Alpine image.
	redisUID = 999
	redisGID = 1000
)

// redis returns one Redis server with its volume, or a cluster of them, or
// nothing where Redis is external.
func redis(c *v1.BanhBaoRingCluster) []Object {
	if !*c.Spec.Redis.Managed {
		return nil
	}
	objects := slices.Concat(redisConnection(c), redisCertificate(c), []Object{
		serviceAccount(redisMetadata(c, redisAccountName(c.Name))),
	})
	if c.Spec.Redis.Mode == v1.RedisCluster {
		return append(objects, redisCluster(c)...)
	}
	return slices.Concat(objects, redisPolicy(c), []Object{
		redisHeadlessService(c), redisService(c), redisStatefulSet(c),
	})
}

func redisMetadata(c *v1.BanhBaoRingCluster, name string) metav1.ObjectMeta {
	return metadata(c, name, labels(c, componentRedis, c.Spec.Redis.Version))
}

// redisPolicy lets the server answer and ask nobody, as postgresPolicy does.
func redisPolicy(c *v1.BanhBaoRingCluster) []Object {
	return networkPolicy(c, redisMetadata(c, redisPolicyName(c.Name)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector(c, componentRedis)},
		Ingress: append([]networkingv1.NetworkPolicyIngressRule{
			{Ports: tcpPorts(redisPort), From: clients(c, c.Spec.Redis.Network)},
		}, scraping(c, redisMetricsPort)...),
		PolicyTypes: bothWays(),
	})
}

// redisConnection is what the control plane connects with where no password is
// asked for: with one, the Secret comes from the credentials. It is written as
// data, since a stringData never equals what an API server gives back.
func redisConnection(c *v1.BanhBaoRingCluster) []Object {
	if c.Spec.Redis.HasAuth() {
		return nil
	}
	data := map[string][]byte{}
	for key, address := range redisAddresses(c, "") {
		data[key] = []byte(address)
	}
	return []Object{&corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: redisMetadata(c, c.RedisSecret().Name),
		Data:       data,
		Type:       corev1.SecretTypeOpaque,
	}}
}

// redisAddresses are the url, with the user before its @ if there is one, and the
// nodes of a cluster: a client asks whichever node it reaches for the others, and
// only one that insists on a list needs it.
func redisAddresses(c *v1.BanhBaoRingCluster, user string) map[string]string {
	at := managedRedis(c)
	addresses := map[string]string{"url": fmt.Sprintf("%s://%s%s:%d", redisScheme(at), user, at.Host, at.Port)}
	if c.Spec.Redis.Mode == v1.RedisCluster {
		addresses["nodes"] = strings.Join(redisNodes(c), ",")
	}
	return addresses
}

func redisScheme(at *Endpoint) string {
	if at.TLS {
		return "rediss"
	}
	return "redis"
}

// redisCertificate is for the Service, for the pods, where a cluster sends its
// clients, and for those who ask from within the pod.
func redisCertificate(c *v1.BanhBaoRingCluster) []Object {
	return certificateFor(redisMetadata(c, redisCertificateName(c.Name)), c.Spec.Redis.TLS, componentLabels(c, componentRedis),
		append(serviceNames(c, redisName(c.Name), "*."+redisHeadlessName(c.Name)), "localhost")...)
}

// redisHeadlessService gives the pod its DNS name.
func redisHeadlessService(c *v1.BanhBaoRingCluster) *corev1.Service {
	return headlessService(redisMetadata(c, redisHeadlessName(c.Name)), selector(c, componentRedis), servicePort(redisPortName, redisPort))
}

// redisService is where clients connect.
func redisService(c *v1.BanhBaoRingCluster) *corev1.Service {
	return service(redisMetadata(c, redisName(c.Name)), selector(c, componentRedis), servicePort(redisPortName, redisPort))
}

func redisStatefulSet(c *v1.BanhBaoRingCluster) *appsv1.StatefulSet {
	spec, access := c.Spec.Redis, redisAccess(c, CertificateKeys()...)
	return &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: redisMetadata(c, redisName(c.Name)),
		Spec: appsv1.StatefulSetSpec{
			Replicas:                             spec.Replicas,
			Selector:                             &metav1.LabelSelector{MatchLabels: selector(c, componentRedis)},
			Template:                             redisPodTemplate(c, redisContainer(spec, access), access),
			VolumeClaimTemplates:                 []corev1.PersistentVolumeClaim{dataClaim(spec.Storage)},
			ServiceName:                          redisHeadlessName(c.Name),
			UpdateStrategy:                       appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType},
			PersistentVolumeClaimRetentionPolicy: keepClaims(),
		},
	}
}

// redisPodTemplate is for the pods of a StatefulSet of either mode.
func redisPodTemplate(c *v1.BanhBaoRingCluster, server corev1.Container, access access) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels:      labels(c, componentRedis, c.Spec.Redis.Version),
			Annotations: redisChecksums(c),
		},
		Spec: corev1.PodSpec{
			Volumes:                       access.volumes,
			Containers:                    append([]corev1.Container{server}, redisExporter(c)...),
			TerminationGracePeriodSeconds: new(int64(60)),
			ServiceAccountName:            redisAccountName(c.Name),
			AutomountServiceAccountToken:  new(false),
			SecurityContext:               podSecurity(redisUID, redisGID),
			ImagePullSecrets:              imagePullSecrets(c),
			PriorityClassName:             c.Spec.Redis.PriorityClassName,
			EnableServiceLinks:            new(false),
		},
	}
}

func redisContainer(spec v1.RedisSpec, access access) corev1.Container {
	return corev1.Container{
		Name:    "redis",
		Image:   spec.Image,
		Command: withVolume("/data", redisCommand(spec)...),
		Args:    append(redisArgs(spec), redisTLSArgs(spec)...),
		Ports: []corev1.ContainerPort{
			{Name: redisPortName, ContainerPort: redisPort, Protocol: corev1.ProtocolTCP},
		},
		Env:          access.env,
		Resources:    requirements(spec.Resources),
		VolumeMounts: append([]corev1.VolumeMount{{Name: "data", MountPath: "/data"}}, access.mounts...),
		// Liveness forgives the loading of a large append-only file, however
		// long; start-up only covers the time until the server answers at all.
		LivenessProbe:   shellProbe(redisLive, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 20, FailureThreshold: 3}),
		ReadinessProbe:  shellProbe(redisReady, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 10, FailureThreshold: 3}),
		StartupProbe:    shellProbe(redisLive, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 5, FailureThreshold: 12}),
		SecurityContext: containerSecurity(),
	}
}

// redisArgs are for the image's entrypoint, which sets the umask first. Of two
// options of a name the later one counts.
func redisArgs(spec v1.RedisSpec) []string {
	return slices.Concat([]string{"redis-server"}, redisOptions(spec.Config), []string{
		"--appendonly", "yes",
		"--maxmemory", strconv.FormatInt(spec.MaxMemory.Value(), 10),
		"--maxmemory-policy", string(spec.MaxMemoryPolicy),
	})
}

// redisOptions give a directive's arguments one by one, as redis.conf does; one
// without any, such as save, takes an empty one.
func redisOptions(config map[string]string) []string {
	var options []string
	for _, name := range slices.Sorted(maps.Keys(config)) {
		options = append(options, "--"+name)
		if words := strings.Fields(config[name]); len(words) > 0 {
			options = append(options, words...)
		} else {
			options = append(options, "")
		}
	}
	return options
}
