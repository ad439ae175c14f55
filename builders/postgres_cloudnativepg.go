package builders

import (
	"maps"
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	machinery "github.com/cloudnative-pg/machinery/pkg/api"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// CloudNativePGVersion is the oldest release of CloudNativePG that knows every
// field that is written here.
const CloudNativePGVersion = "1.28"

const (
	cloudNativePGAPI = "postgresql.cnpg.io/v1"
	preloadLibraries = "shared_preload_libraries"
	// cloudNativePGStatusPort is where an instance tells the operator, and the
	// other instances, how it is.
	cloudNativePGStatusPort = 8000
)

// cloudNativePG returns a replicated PostgreSQL, which answers at the same
// address as a StatefulSet does.
func cloudNativePG(c *v1.BanhBaoRingCluster) []Object {
	objects := append(postgresClusterPolicy(c), postgresCluster(c))
	if pooler := c.Spec.Database.Pooler; pooler != nil {
		objects = append(objects, postgresPooler(c, pooler), postgresPoolerBudget(c))
	}
	if c.Spec.Backup.Enabled {
		objects = append(objects, postgresObjectStore(c), postgresScheduledBackup(c))
	}
	return objects
}

// postgresClusterPods returns the label that the operator puts on everything it
// runs for the Cluster: the instances, the Jobs that make them, and the pooler.
func postgresClusterPods(c *v1.BanhBaoRingCluster) map[string]string {
	return map[string]string{"cnpg.io/cluster": postgresName(c.Name)}
}

// postgresClusterPolicy guards the pooler too, which listens on the same port.
// The instances replicate from each other, and a primary that reaches neither
// the others nor the API server stops itself. They, the pooler and the backups
// connect to the API server and to an object store, whose addresses no selector
// finds: so only what comes in is closed. The kubelet's probes come from the
// node, which is always let in.
func postgresClusterPolicy(c *v1.BanhBaoRingCluster) []Object {
	return networkPolicy(c, postgresMetadata(c, postgresPolicyName(c.Name)), networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: postgresClusterPods(c)},
		Ingress: append([]networkingv1.NetworkPolicyIngressRule{
			{Ports: tcpPorts(postgresPort), From: clients(c, c.Spec.Database.Network)},
			{Ports: tcpPorts(postgresPort, cloudNativePGStatusPort), From: append(podsWith(postgresClusterPods(c)), cloudNativePGOperator())},
		}, scraping(c, cloudNativePGMetricsPorts(c)...)...),
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
	})
}

// cloudNativePGOperator is the operator's pod, in whichever namespace it was
// installed.
func cloudNativePGOperator() networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{
		PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": "cloudnative-pg"}},
		NamespaceSelector: &metav1.LabelSelector{},
	}
}

func postgresCluster(c *v1.BanhBaoRingCluster) *cnpgv1.Cluster {
	spec := c.Spec.Database
	return &cnpgv1.Cluster{
		TypeMeta:   metav1.TypeMeta{APIVersion: cloudNativePGAPI, Kind: "Cluster"},
		ObjectMeta: postgresClusterMetadata(c),
		Spec: cnpgv1.ClusterSpec{
			ImageName:             postgresImageName(spec),
			ImageCatalogRef:       postgresImageCatalog(spec),
			Instances:             int(*spec.Replicas),
			PostgresConfiguration: postgresConfiguration(spec),
			Bootstrap:             &cnpgv1.BootstrapConfiguration{InitDB: postgresInitDB(c)},
			Certificates:          postgresCertificates(spec.TLS),
			ImagePullSecrets:      postgresImagePullSecrets(c),
			StorageConfiguration: cnpgv1.StorageConfiguration{
				StorageClass: spec.Storage.StorageClass,
				Size:         spec.Storage.Size.String(),
			},
			ServiceAccountTemplate: postgresServiceAccount(c.Spec.Backup),
			Affinity: cnpgv1.AffinityConfiguration{
				EnablePodAntiAffinity: new(true),
				TopologyKey:           corev1.LabelHostname,
				// A small cluster may have fewer nodes than instances.
				PodAntiAffinityType: "preferred",
			},
			TopologySpreadConstraints: acrossZones(postgresClusterPods(c)),
			Resources:                 requirements(spec.Resources),
			PriorityClassName:         spec.PriorityClassName,
			PrimaryUpdateStrategy:     cnpgv1.PrimaryUpdateStrategyUnsupervised,
			// A switchover would refuse a new image together with new parameters.
			PrimaryUpdateMethod: cnpgv1.PrimaryUpdateMethodRestart,
			Managed:             &cnpgv1.ManagedConfiguration{Services: postgresManagedServices(c)},
			EnablePDB:           new(true),
			Plugins:             postgresPlugins(c),
		},
	}
}

// postgresClusterMetadata keeps whatever applies Git from deleting the Cluster
// when it leaves Git: its volumes would go with it.
func postgresClusterMetadata(c *v1.BanhBaoRingCluster) metav1.ObjectMeta {
	meta := postgresMetadata(c, postgresName(c.Name))
	maps.Copy(meta.Annotations, map[string]string{
		"argocd.argoproj.io/sync-options":         "Prune=false,Delete=false",
		"kustomize.toolkit.fluxcd.io/prune":       "disabled",
		"client.lifecycle.config.k8s.io/deletion": "detach", // kpt and Config Sync
	})
	return meta
}

func postgresImagePullSecrets(c *v1.BanhBaoRingCluster) []cnpgv1.LocalObjectReference {
	var secrets []cnpgv1.LocalObjectReference
	for _, secret := range c.Spec.ImagePullSecrets {
		secrets = append(secrets, cnpgv1.LocalObjectReference{Name: secret.Name})
	}
	return secrets
}

func postgresImageName(spec v1.DatabaseSpec) string {
	if spec.ImageCatalogRef != nil {
		return ""
	}
	return spec.Image
}

func postgresImageCatalog(spec v1.DatabaseSpec) *cnpgv1.ImageCatalogRef {
	if spec.ImageCatalogRef == nil {
		return nil
	}
	return &cnpgv1.ImageCatalogRef{
		TypedLocalObjectReference: corev1.TypedLocalObjectReference{
			APIGroup: new("postgresql.cnpg.io"),
			Kind:     spec.ImageCatalogRef.Kind,
			Name:     spec.ImageCatalogRef.Name,
		},
		Major: spec.Major(),
	}
}

// postgresConfiguration takes the libraries out of the parameters: CloudNativePG
// adds its own to them.
func postgresConfiguration(spec v1.DatabaseSpec) cnpgv1.PostgresConfiguration {
	parameters := maps.Clone(spec.Parameters)
	libraries := strings.FieldsFunc(parameters[preloadLibraries], func(r rune) bool { return r == ',' || r == ' ' })
	delete(parameters, preloadLibraries)
	return cnpgv1.PostgresConfiguration{
		Parameters:          parameters,
		Synchronous:         postgresSynchronous(*spec.Replicas),
		PgHBA:               postgresClusterRules(spec.TLS),
		AdditionalLibraries: libraries,
	}
}

// postgresClusterRules come before CloudNativePG's own last one, which admits
// clients with and without TLS.
func postgresClusterRules(tls *v1.TLSSpec) []string {
	if tls == nil {
		return nil
	}
	return []string{"hostnossl all all all reject"}
}

func postgresCertificates(tls *v1.TLSSpec) *cnpgv1.CertificatesConfiguration {
	if tls == nil {
		return nil
	}
	return &cnpgv1.CertificatesConfiguration{ServerCASecret: tls.SecretName, ServerTLSSecret: tls.SecretName}
}

// postgresClusterHosts are the Services that CloudNativePG makes, PgBouncer's
// among them: it shows its clients the same certificate.
func postgresClusterHosts(c *v1.BanhBaoRingCluster) []string {
	name := postgresName(c.Name)
	return []string{name, name + "-rw", name + "-ro", name + "-r", postgresPoolerName(c.Name)}
}

// postgresSynchronous lets a commit wait until a replica has it too. Of two
// instances, one that is left goes on alone. Of more, commits wait until a
// replica is back, and a failover until every commit is sure to be there.
func postgresSynchronous(instances int32) *cnpgv1.SynchronousReplicaConfiguration {
	if instances == 1 {
		return nil
	}
	durability := cnpgv1.DataDurabilityLevelPreferred
	if instances > 2 {
		durability = cnpgv1.DataDurabilityLevelRequired
	}
	return &cnpgv1.SynchronousReplicaConfiguration{
		Method:         cnpgv1.SynchronousReplicaConfigurationMethodAny,
		Number:         1,
		DataDurability: durability,
		FailoverQuorum: instances > 2,
	}
}

func postgresInitDB(c *v1.BanhBaoRingCluster) *cnpgv1.BootstrapInitDB {
	return &cnpgv1.BootstrapInitDB{
		Database:                   DatabaseName,
		Owner:                      DatabaseUser,
		Secret:                     &cnpgv1.LocalObjectReference{Name: c.DatabaseSecret().Name},
		PostInitApplicationSQLRefs: postgresInitRefs(c),
	}
}

func postgresInitRefs(c *v1.BanhBaoRingCluster) *cnpgv1.SQLRefs {
	scripts := postgresInitScripts(c.Spec.Database.InitSchema)
	if scripts == nil {
		return nil
	}
	refs := &cnpgv1.SQLRefs{}
	for _, key := range slices.Sorted(maps.Keys(scripts)) {
		refs.ConfigMapRefs = append(refs.ConfigMapRefs, machinery.ConfigMapKeySelector{
			LocalObjectReference: machinery.LocalObjectReference{Name: postgresInitName(c.Name)},
			Key:                  key,
		})
	}
	return refs
}

// postgresManagedServices has the operator point the name that clients know,
// without -rw, at the primary.
func postgresManagedServices(c *v1.BanhBaoRingCluster) *cnpgv1.ManagedServices {
	return &cnpgv1.ManagedServices{Additional: []cnpgv1.ManagedService{{
		SelectorType: cnpgv1.ServiceSelectorTypeRW,
		ServiceTemplate: cnpgv1.ServiceTemplateSpec{
			ObjectMeta: cnpgv1.Metadata{Name: postgresName(c.Name)},
			Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeClusterIP},
		},
	}}}
}

func postgresPooler(c *v1.BanhBaoRingCluster, pooler *v1.PoolerSpec) *cnpgv1.Pooler {
	return &cnpgv1.Pooler{
		TypeMeta:   metav1.TypeMeta{APIVersion: cloudNativePGAPI, Kind: "Pooler"},
		ObjectMeta: postgresMetadata(c, postgresPoolerName(c.Name)),
		Spec: cnpgv1.PoolerSpec{
			Cluster:   cnpgv1.LocalObjectReference{Name: postgresName(c.Name)},
			Type:      cnpgv1.PoolerTypeRW,
			Instances: pooler.Instances,
			Template: &cnpgv1.PodTemplateSpec{Spec: corev1.PodSpec{
				Containers:                []corev1.Container{{Name: "pgbouncer", Resources: smallResources()}},
				ImagePullSecrets:          imagePullSecrets(c),
				Affinity:                  apart(poolerPods(c)),
				PriorityClassName:         c.Spec.Database.PriorityClassName,
				TopologySpreadConstraints: acrossZones(poolerPods(c)),
			}},
			PgBouncer: &cnpgv1.PgBouncerSpec{PoolMode: cnpgv1.PgBouncerPoolMode(pooler.Mode)},
		},
	}
}

// poolerPods finds the pods that CloudNativePG makes of the Pooler.
func poolerPods(c *v1.BanhBaoRingCluster) map[string]string {
	return map[string]string{"cnpg.io/poolerName": postgresPoolerName(c.Name)}
}

func postgresPoolerBudget(c *v1.BanhBaoRingCluster) *policyv1.PodDisruptionBudget {
	return podDisruptionBudget(postgresMetadata(c, postgresPoolerName(c.Name)), poolerPods(c))
}

// databaseSecretLabels have CloudNativePG set a new password at once: it watches
// only Secrets with its label.
func databaseSecretLabels(c *v1.BanhBaoRingCluster) map[string]string {
	labels := componentLabels(c, componentPostgres)
	if c.Spec.Database.OnCloudNativePG() {
		labels["cnpg.io/reload"] = "true"
	}
	return labels
}
