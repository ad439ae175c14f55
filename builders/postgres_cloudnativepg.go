package builders

import (
	"maps"
	"slices"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	machinery "github.com/cloudnative-pg/machinery/pkg/api"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// CloudNativePGVersion is the oldest release of CloudNativePG that knows every
// field that is written here.
const CloudNativePGVersion = "1.28"

const cloudNativePGAPI = "postgresql.cnpg.io/v1"

// cloudNativePG returns a replicated PostgreSQL, which answers at the same
// address as a StatefulSet does.
func cloudNativePG(c *v1.BanhBaoRingCluster) []Object {
	objects := []Object{postgresCluster(c)}
	if pooler := c.Spec.Database.Pooler; pooler != nil {
		objects = append(objects, postgresPooler(c, pooler))
	}
	if c.Spec.Backup.Enabled {
		objects = append(objects, postgresObjectStore(c), postgresScheduledBackup(c))
	}
	return objects
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
			PostgresConfiguration: cnpgv1.PostgresConfiguration{Synchronous: postgresSynchronous(*spec.Replicas)},
			Bootstrap:             &cnpgv1.BootstrapConfiguration{InitDB: postgresInitDB(c)},
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
			Resources:             requirements(spec.Resources),
			PrimaryUpdateStrategy: cnpgv1.PrimaryUpdateStrategyUnsupervised,
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
				Containers: []corev1.Container{{Name: "pgbouncer", Resources: smallResources()}},
			}},
			PgBouncer: &cnpgv1.PgBouncerSpec{PoolMode: cnpgv1.PgBouncerPoolMode(pooler.Mode)},
		},
	}
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
