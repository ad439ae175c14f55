package builders

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	policyv1 "k8s.io/api/policy/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

const (
	// dependsOn is read by kpt and Config Sync.
	dependsOn = "config.kubernetes.io/depends-on"
	// syncWave is read by Argo CD. The lowest comes first.
	syncWave = "argocd.argoproj.io/sync-wave"
)

// stage is when an object is applied. None waits for one of its own stage: the
// nodes of a Redis Cluster are not ready before the Job that joins them ran.
type stage int

const (
	stagePrerequisites stage = iota
	stageServers
	stageClients
)

// order annotates the objects for the tools that the cluster names.
func order(c *v1.BanhBaoRingCluster, objects []Object) {
	for _, object := range objects {
		if slices.Contains(c.Spec.Delivery.Ordering, v1.OrderingSyncWaves) {
			annotate(object, syncWave, wave(stageOf(object)))
		}
		if slices.Contains(c.Spec.Delivery.Ordering, v1.OrderingDependsOn) {
			annotate(object, dependsOn, strings.Join(dependencies(object, objects), ","))
		}
	}
}

func annotate(object Object, key, value string) {
	if value == "" {
		return
	}
	annotations := object.GetAnnotations()
	annotations[key] = value
	object.SetAnnotations(annotations)
}

// wave comes before 0, the wave of whatever has no annotation, such as the
// control plane.
func wave(s stage) string { return strconv.Itoa(int(s - stageClients - 1)) }

func stageOf(object Object) stage {
	switch object.(type) {
	case *appsv1.StatefulSet, *cnpgv1.Cluster, *policyv1.PodDisruptionBudget:
		return stageServers
	case *batchv1.Job:
		if componentOf(object) == componentRedisJoin {
			return stageServers
		}
		return stageClients
	case *batchv1.CronJob, *cnpgv1.Pooler, *cnpgv1.ScheduledBackup:
		return stageClients
	default:
		return stagePrerequisites
	}
}

// dependencies are what an object waits for: everything of its own component in
// the stages before, and the stage before of the component that it works with.
// Only objects that are rendered together are named; waiting for one that is not
// applied would never end.
func dependencies(object Object, objects []Object) []string {
	var paths []string
	for _, other := range objects {
		own := componentOf(other) == componentOf(object) && stageOf(other) < stageOf(object)
		served := componentOf(other) == worksWith(componentOf(object)) && stageOf(other) == stageOf(object)-1
		if own || served {
			paths = append(paths, dependencyPath(other))
		}
	}
	return paths
}

// worksWith is the component whose servers another one is for.
func worksWith(part component) component {
	switch part {
	case componentRedisJoin:
		return componentRedis
	case componentMigration, componentBackup:
		return componentPostgres
	default:
		return ""
	}
}

// dependencyPath names an object as group/namespaces/namespace/kind/name.
func dependencyPath(object Object) string {
	kind := object.GroupVersionKind()
	return fmt.Sprintf("%s/namespaces/%s/%s/%s", kind.Group, object.GetNamespace(), kind.Kind, object.GetName())
}
