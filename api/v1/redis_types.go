package v1

import "k8s.io/apimachinery/pkg/api/resource"

// RedisMode is the topology of Redis.
//
// +kubebuilder:validation:Enum=standalone;cluster
type RedisMode string

const (
	// RedisStandalone is one server.
	RedisStandalone RedisMode = "standalone"
	// RedisCluster is Redis Cluster: shards that share the key space.
	RedisCluster RedisMode = "cluster"
)

// MaxMemoryPolicy is what Redis evicts when it reaches maxMemory.
//
// +kubebuilder:validation:Enum=noeviction;allkeys-lru;allkeys-lfu;allkeys-random;volatile-lru;volatile-lfu;volatile-random;volatile-ttl
type MaxMemoryPolicy string

// RedisSpec configures Redis.
type RedisSpec struct {
	// Managed deploys Redis (true, the default) or uses the external one that
	// connectionString points at (false).
	Managed *bool `json:"managed,omitempty"`

	// Mode is standalone (the default) or cluster.
	Mode RedisMode `json:"mode,omitempty"`

	// Version of Redis, a quoted string such as "7" or "7.2". Defaults to "7",
	// which is the first that mode cluster runs on.
	//
	// +kubebuilder:validation:Pattern=`^[0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`
	Version string `json:"version,omitempty"`

	// Image of Redis, with or without a tag or digest. It must keep the
	// contract of the official image. Defaults to redis with the tag
	// <version>-alpine.
	Image string `json:"image,omitempty"`

	// Replicas of Redis: with mode cluster the number of shards, 3 or more.
	// Defaults to 3 there, and to 1 otherwise, which is all that standalone
	// serves.
	//
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	Replicas *int32 `json:"replicas,omitempty"`

	// ReplicasPerShard is the number of copies that each shard has besides its
	// master. Without any, a shard is down while its pod is. For mode cluster,
	// where it defaults to 1.
	//
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=9
	ReplicasPerShard *int32 `json:"replicasPerShard,omitempty"`

	// Storage of the append-only file.
	Storage StorageSpec `json:"storage,omitempty"`

	// Resources of the redis container. Default to requests of 100m CPU, 128Mi
	// memory and 50Mi ephemeral-storage, and limits of 500m CPU, 512Mi memory and
	// 2Gi ephemeral-storage.
	Resources Resources `json:"resources,omitempty"`

	// Config of Redis, each directive with its arguments, as in redis.conf. A
	// change restarts the servers.
	Config map[string]string `json:"config,omitempty"`

	// PriorityClassName of the pods of Redis.
	PriorityClassName PriorityClassName `json:"priorityClassName,omitempty"`

	// PodTemplate is laid over the pods of Redis, whose container is named redis.
	PodTemplate *PodTemplate `json:"podTemplate,omitempty"`

	// Join configures the Job that makes one cluster of the pods, with mode
	// cluster.
	Join RedisJoinSpec `json:"join,omitempty"`

	// MaxMemory is the memory for data, in bytes or as a quantity such as
	// 256Mi. Defaults to half of the memory limit: rewriting the append-only
	// file needs the other half.
	MaxMemory *resource.Quantity `json:"maxMemory,omitempty"`

	// MaxMemoryPolicy is what Redis evicts at that size. Defaults to
	// allkeys-lru.
	MaxMemoryPolicy MaxMemoryPolicy `json:"maxMemoryPolicy,omitempty"`

	// Credentials turn on AUTH.
	Credentials RedisCredentials `json:"credentials,omitempty"`

	// TLS has clients and the servers themselves speak nothing else.
	TLS *TLSSpec `json:"tls,omitempty"`

	// ConnectionString is the Secret key that holds the URL of an external
	// Redis, redis://[user:password@]host:port[/db], or rediss:// for TLS.
	// Required when managed is false.
	ConnectionString *SecretKeyRef `json:"connectionString,omitempty"`

	// Network configures who may connect to Redis.
	Network AccessSpec `json:"network,omitempty"`
}

// RedisJoinSpec configures the Job that makes one Redis Cluster of the pods.
type RedisJoinSpec struct {
	// PodTemplate is laid over the pod of the Job, whose container is named join.
	PodTemplate *PodTemplate `json:"podTemplate,omitempty"`
}
