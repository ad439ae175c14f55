package builders

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// redisBusPort is where the nodes of a cluster talk to each other; redis-cli
	// takes for granted that it is 10000 above the other.
	redisBusPort     = 16379
	redisBusPortName = "redis-bus"
)

// redisCluster returns a Redis Cluster: nodes that are alike, and the Job that
// makes one cluster of them.
func redisCluster(c *v1.BanhBaoRingCluster) []Object {
	return slices.Concat(redisClusterPolicy(c), redisJoinPolicy(c), []Object{
		redisClusterHeadlessService(c), redisService(c), redisClusterStatefulSet(c),
		redisBudget(c), redisJoinJob(c),
	})
}

// redisClusterPolicy keeps the bus to the nodes. Who may speak on it may become
// a node.
func redisClusterPolicy(c *v1.BanhBaoRingCluster) []Object {
	nodes := podsWith(selector(c, componentRedis))
	return networkPolicy(c, redisMetadata(c, redisPolicyName(c.Name)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector(c, componentRedis)},
		Ingress: append([]networkingv1.NetworkPolicyIngressRule{
			{Ports: tcpPorts(redisPort), From: clients(c, c.Spec.Redis.Network)},
			{Ports: tcpPorts(redisBusPort), From: nodes},
		}, scraping(c, redisMetricsPort)...),
		Egress: []networkingv1.NetworkPolicyEgressRule{
			{Ports: tcpPorts(redisPort, redisBusPort), To: nodes},
			toDNS(),
		},
		PolicyTypes: bothWays(),
	})
}

// redisJoinPolicy lets the Job reach the nodes, and nobody the Job.
func redisJoinPolicy(c *v1.BanhBaoRingCluster) []Object {
	return networkPolicy(c, metadata(c, redisJoinPolicyName(c.Name), redisJoinLabels(c)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector(c, componentRedisJoin)},
		Egress: []networkingv1.NetworkPolicyEgressRule{
			{Ports: tcpPorts(redisPort), To: podsWith(selector(c, componentRedis))},
			toDNS(),
		},
		PolicyTypes: bothWays(),
	})
}

// redisPods is the number of pods: the masters and their replicas.
func redisPods(spec v1.RedisSpec) int32 { return *spec.Replicas * (1 + *spec.ReplicasPerShard) }

// redisNodes are the addresses of all nodes, in the order of the pods.
func redisNodes(c *v1.BanhBaoRingCluster) []string {
	var nodes []string
	for ordinal := range int(redisPods(c.Spec.Redis)) {
		nodes = append(nodes, fmt.Sprintf("%s:%d", redisPodName(c.Name, ordinal), redisPort))
	}
	return nodes
}

// redisClusterHeadlessService gives the pods their DNS names, ready or not: they
// are ready only once they found each other.
func redisClusterHeadlessService(c *v1.BanhBaoRingCluster) *corev1.Service {
	headless := headlessService(redisMetadata(c, redisHeadlessName(c.Name)), selector(c, componentRedis),
		servicePort(redisPortName, redisPort), servicePort(redisBusPortName, redisBusPort))
	headless.Spec.PublishNotReadyAddresses = true
	return headless
}

func redisClusterStatefulSet(c *v1.BanhBaoRingCluster) *appsv1.StatefulSet {
	spec, access := c.Spec.Redis, redisAccess(c, CertificateKeys()...)
	meta := redisMetadata(c, redisName(c.Name))
	meta.Annotations[RedisShards] = strconv.Itoa(int(*spec.Replicas))
	pods := redisPodTemplate(c, redisClusterContainer(c, access), access)
	pods.Spec.Affinity = apart(selector(c, componentRedis))
	pods.Spec.TopologySpreadConstraints = acrossZones(selector(c, componentRedis))
	return &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: meta,
		Spec: appsv1.StatefulSetSpec{
			Replicas:             new(redisPods(spec)),
			Selector:             &metav1.LabelSelector{MatchLabels: selector(c, componentRedis)},
			Template:             pods,
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{dataClaim(spec.Storage)},
			ServiceName:          redisHeadlessName(c.Name),
			// One by one, each would wait for the one before it to be ready, which
			// none is before the last one is there.
			PodManagementPolicy:                  appsv1.ParallelPodManagement,
			UpdateStrategy:                       appsv1.StatefulSetUpdateStrategy{Type: appsv1.RollingUpdateStatefulSetStrategyType},
			PersistentVolumeClaimRetentionPolicy: keepClaims(),
		},
	}
}

func redisClusterContainer(c *v1.BanhBaoRingCluster, access access) corev1.Container {
	spec := c.Spec.Redis
	return corev1.Container{
		Name:    "redis",
		Image:   spec.Image,
		Command: redisClusterCommand(spec),
		Args:    slices.Concat(redisArgs(spec), redisClusterArgs(c), redisClusterTLSArgs(spec)),
		Ports: []corev1.ContainerPort{
			{Name: redisPortName, ContainerPort: redisPort, Protocol: corev1.ProtocolTCP},
			{Name: redisBusPortName, ContainerPort: redisBusPort, Protocol: corev1.ProtocolTCP},
		},
		Env: append([]corev1.EnvVar{
			fieldEnv("POD_NAME", "metadata.name"),
			fieldEnv("POD_NAMESPACE", "metadata.namespace"),
			fieldEnv("POD_IP", "status.podIP"),
		}, access.env...),
		Resources:       requirements(spec.Resources),
		VolumeMounts:    append([]corev1.VolumeMount{{Name: "data", MountPath: "/data"}}, access.mounts...),
		LivenessProbe:   shellProbe(redisLive, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 20, FailureThreshold: 3}),
		ReadinessProbe:  shellProbe(redisClusterReady, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 5, FailureThreshold: 3}),
		StartupProbe:    shellProbe(redisLive, corev1.Probe{TimeoutSeconds: 5, PeriodSeconds: 5, FailureThreshold: 12}),
		SecurityContext: containerSecurity(),
	}
}

// redisClusterCommand heals beside whatever starts the server.
func redisClusterCommand(spec v1.RedisSpec) []string {
	return withVolume("/data", append([]string{"sh", "-c", redisHeal, "redis-heal"}, redisCommand(spec)...)...)
}

// redisClusterArgs leave nodes.conf, by which a node knows itself and the others,
// where it is by default: on the data volume.
//
// Nodes talk to addresses. Clients are sent to host names, which stay when an
// address changes, and which certificates can be for.
func redisClusterArgs(c *v1.BanhBaoRingCluster) []string {
	return []string{
		"--cluster-enabled", "yes",
		"--cluster-announce-ip", "$(POD_IP)",
		"--cluster-announce-hostname", fmt.Sprintf("$(POD_NAME).%s.$(POD_NAMESPACE).svc", redisHeadlessName(c.Name)),
		"--cluster-preferred-endpoint-type", "hostname",
		// Until it is sure to have the data of its own master.
		"--cluster-replica-no-failover", "yes",
	}
}

// redisBudget lets one node go at a time, so that the masters left are a majority
// and no shard loses its master and its replica together.
func redisBudget(c *v1.BanhBaoRingCluster) *policyv1.PodDisruptionBudget {
	return podDisruptionBudget(redisMetadata(c, redisBudgetName(c.Name)), selector(c, componentRedis))
}

// redisJoinJob makes one cluster of the nodes. A change of anything in it makes
// another Job, which does what is left to do: as a rule, nothing.
func redisJoinJob(c *v1.BanhBaoRingCluster) *batchv1.Job {
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metadata(c, redisJoinName(c.Name), redisJoinLabels(c)),
		Spec:       redisJoinSpec(c),
	}
}

func redisJoinLabels(c *v1.BanhBaoRingCluster) map[string]string {
	return labels(c, componentRedisJoin, c.Spec.Redis.Version)
}

func redisJoinSpec(c *v1.BanhBaoRingCluster) batchv1.JobSpec {
	spec, access := c.Spec.Redis, redisAccess(c, tlsAuthority)
	return batchv1.JobSpec{
		BackoffLimit: new(int32(6)),
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: redisJoinLabels(c)},
			Spec: corev1.PodSpec{
				Volumes: access.volumes,
				Containers: []corev1.Container{{
					Name:    "join",
					Image:   spec.Image,
					Command: []string{"sh", "-c", redisJoin},
					Env: slices.Concat([]corev1.EnvVar{
						{Name: "NODES", Value: strings.Join(redisNodes(c), " ")},
						{Name: "SHARDS", Value: strconv.Itoa(int(*spec.Replicas))},
						// A second apart: five minutes for each step, and six retries.
						{Name: "MAX_TRIES", Value: "300"},
					}, access.env),
					Resources:       smallResources(),
					VolumeMounts:    access.mounts,
					SecurityContext: containerSecurity(),
				}},
				RestartPolicy:                corev1.RestartPolicyNever,
				ServiceAccountName:           redisAccountName(c.Name),
				AutomountServiceAccountToken: new(false),
				SecurityContext:              podSecurity(redisUID, redisGID),
				ImagePullSecrets:             imagePullSecrets(c),
				EnableServiceLinks:           new(false),
			},
		},
	}
}
