package fn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	sdk "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"k8s.io/apimachinery/pkg/api/resource"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// allowAnnotation of a cluster holds the names of guards that let pass, with
// commas between them.
const allowAnnotation = v1.Group + "/allow"

// guard finds a change that loses data or that Kubernetes refuses. It can see
// one only where the previous render is among the items.
type guard struct {
	name string
	// check compares a workload with what takes its place, or with nil.
	check func(was, now *item) *objection
}

// objection says which field of the cluster changes what, and how to get there
// safely.
type objection struct{ field, change, instead string }

// guards are all there are.
func guards() []guard {
	return []guard{
		{"delete-postgres", deletesPostgres},
		{"change-postgres-engine", changesPostgresEngine},
		{"change-postgres-major", changesPostgresMajor},
		{"change-storage", changesStorage},
		{"shrink-redis", shrinksRedis},
		{"change-redis-mode", changesRedisMode},
	}
}

// guard reports the changes of workloads that need care: an error, or a warning
// where the cluster allows it.
func (l *resourceList) guard(wanted []generated, owners owners) {
	workloads := workloadsAmong(wanted)
	for _, was := range l.items {
		if !isWorkload(was) {
			continue
		}
		now := workloads.successor(was)
		if owner, ok := owners.of(was); ok && owner.valid && (now == nil || now.text != was.text) {
			l.compare(owner, was, now)
		}
	}
}

func (l *resourceList) compare(owner cluster, was, now *item) {
	for _, o := range objections(was, now) {
		if slices.Contains(allowed(owner), o.guard) {
			l.results.add(sdk.Warning, owner.item, o.field, "%s; %s allows it: remove that annotation once it is applied", o.change, allowAnnotation)
		} else {
			l.results.add(sdk.Error, owner.item, o.field, "%s: %s; then annotate this cluster with %s: %s", o.change, o.instead, allowAnnotation, o.guard)
		}
	}
}

// guarded is an objection, and the name of the guard that lets it pass.
type guarded struct {
	objection
	guard string
}

// objections are those of all guards.
func objections(was, now *item) []guarded {
	var all []guarded
	for _, g := range guards() {
		if o := g.check(was, now); o != nil {
			all = append(all, guarded{*o, g.name})
		}
	}
	return all
}

func allowed(c cluster) []string {
	return strings.FieldsFunc(c.item.annotations[allowAnnotation], func(r rune) bool { return r == ',' || r == ' ' })
}

// checkAllowed finds misspelt names before anyone relies on them.
func (l *resourceList) checkAllowed(clusters []cluster) {
	var names []string
	for _, g := range guards() {
		names = append(names, g.name)
	}
	for _, c := range clusters {
		for _, name := range allowed(c) {
			if !slices.Contains(names, name) {
				l.results.add(sdk.Warning, c.item, "metadata.annotations", "%s: %q is no guard; there are %s", allowAnnotation, name, strings.Join(names, ", "))
			}
		}
	}
}

// isWorkload tells whether an object has volumes.
func isWorkload(i *item) bool { return isStatefulSet(i) || isPostgresCluster(i) }

func isStatefulSet(i *item) bool { return i.id.group == "apps" && i.id.kind == "StatefulSet" }

func isPostgresCluster(i *item) bool {
	return i.id.group == "postgresql.cnpg.io" && i.id.kind == "Cluster"
}

func isPostgres(i *item) bool { return component(i) == "postgres" }

func component(i *item) string { return text(i, "metadata", "labels", "app.kubernetes.io/component") }

// workloads are those of a render, by their names.
type workloads map[[2]string]*item

func workloadsAmong(wanted []generated) workloads {
	all := workloads{}
	for _, g := range wanted {
		if isWorkload(g.item) {
			all[[2]string{g.id.namespace, g.id.name}] = g.item
		}
	}
	return all
}

// successor returns the workload that gets the name, of whatever kind, or nil.
func (w workloads) successor(was *item) *item {
	return w[[2]string{was.id.namespace, was.id.name}]
}

func deletesPostgres(was, now *item) *objection {
	if now != nil || !isPostgresCluster(was) {
		return nil
	}
	return &objection{
		field:   "spec.database.managed",
		change:  fmt.Sprintf("removes %s, whose volumes CloudNativePG deletes with it", was.id),
		instead: "dump the database to where you want it",
	}
}

func changesPostgresEngine(was, now *item) *objection {
	if now == nil || was.id.kind == now.id.kind {
		return nil
	}
	return &objection{
		field:   "spec.database.engine",
		change:  fmt.Sprintf("replaces the %s %s by a %s with an empty database", was.id.kind, was.id.name, now.id.kind),
		instead: "stop what writes, dump the database, and restore the dump into the new one",
	}
}

func changesPostgresMajor(was, now *item) *objection {
	if now == nil || was.id.kind != now.id.kind || !isPostgres(was) {
		return nil
	}
	before, after := postgresMajor(was), postgresMajor(now)
	if before == after || before == 0 || after == 0 {
		return nil
	}
	o := &objection{field: "spec.database.version", change: fmt.Sprintf("changes PostgreSQL from %d to %d", before, after)}
	switch {
	case isPostgresCluster(now) && before < after:
		o.instead = "make a backup, since CloudNativePG stops all instances and upgrades their data for good"
	default:
		o.change += ", which cannot read the data of the other"
		o.instead = "dump the database, render a cluster of another name, and restore the dump into that"
	}
	return o
}

// postgresMajor is the release that the image's tag says, or else the label.
func postgresMajor(i *item) int {
	image := text(i, "spec", "imageName")
	if isStatefulSet(i) {
		image = text(i, "spec", "template", "spec", "containers", "0", "image")
	}
	if major := v1.MajorRelease(v1.ImageTag(image)); major != 0 {
		return major
	}
	return v1.MajorRelease(text(i, "metadata", "labels", "app.kubernetes.io/version"))
}

func changesStorage(was, now *item) *objection {
	if now == nil || was.id.kind != now.id.kind {
		return nil
	}
	field := "spec.redis.storage"
	if isPostgres(was) {
		field = "spec.database.storage"
	}
	before, after := storageOf(was), storageOf(now)
	switch {
	case before.class != after.class:
		return &objection{
			field:   field + ".storageClass",
			change:  fmt.Sprintf("changes the class of volumes that exist from %q to %q", before.class, after.class),
			instead: moveData,
		}
	case after.size.Cmp(before.size) < 0:
		return &objection{
			field:   field + ".size",
			change:  fmt.Sprintf("shrinks volumes that exist from %s to %s", &before.size, &after.size),
			instead: moveData,
		}
	case after.size.Cmp(before.size) > 0 && isStatefulSet(was):
		return &objection{
			field:  field + ".size",
			change: fmt.Sprintf("grows volumes from %s to %s, which a StatefulSet cannot", &before.size, &after.size),
			instead: fmt.Sprintf("grow the volume claims %s by hand, and kubectl delete statefulset %s --cascade=orphan",
				claimsOf(was), was.id.name),
		}
	default:
		return nil
	}
}

// shrinksRedis finds a Redis Cluster that gets fewer shards, or fewer pods.
func shrinksRedis(was, now *item) *objection {
	if now == nil || redisShards(was) == 0 || redisShards(now) == 0 {
		return nil
	}
	o := &objection{field: "spec.redis.replicas", instead: "move the slots of those that go away and take them out of the cluster, as docs/redis-cluster.md shows"}
	shards, pods := redisShards(was)-redisShards(now), number(was, "spec", "replicas")-number(now, "spec", "replicas")
	switch {
	case shards > 0:
		o.change = fmt.Sprintf("takes %d of the %d shards away from Redis, with the keys in them", shards, redisShards(was))
	case pods > 0:
		o.change = fmt.Sprintf("takes the last %d pods away from Redis, which may be masters by now", pods)
	default:
		return nil
	}
	return o
}

// changesRedisMode finds a Redis Cluster made of a standalone server, or the
// other way round.
func changesRedisMode(was, now *item) *objection {
	if now == nil || (redisShards(was) == 0) == (redisShards(now) == 0) {
		return nil
	}
	return &objection{
		field:   "spec.redis.mode",
		change:  fmt.Sprintf("makes another kind of Redis of %s, which takes no data along, and which Kubernetes refuses", was.id),
		instead: "save what is needed, and delete it with its volume claims " + claimsOf(was),
	}
}

// redisShards is the number of shards of a Redis Cluster, and 0 of anything else.
func redisShards(i *item) int { return number(i, "metadata", "annotations", builders.RedisShards) }

// number returns the whole number at a path, or 0.
func number(i *item, path ...string) int {
	n, err := strconv.Atoi(text(i, path...))
	if err != nil {
		return 0
	}
	return n
}

const moveData = "render a cluster of another name and move the data there, or, once it is copied away, delete the workload and its claims"

// storage is the volume of each pod.
type storage struct {
	size  resource.Quantity
	class string
}

func storageOf(i *item) storage {
	size, class := text(i, "spec", "storage", "size"), text(i, "spec", "storage", "storageClass")
	if isStatefulSet(i) {
		size = text(i, "spec", "volumeClaimTemplates", "0", "spec", "resources", "requests", "storage")
		class = text(i, "spec", "volumeClaimTemplates", "0", "spec", "storageClassName")
	}
	// What is no quantity counts as 0, from which everything may grow.
	quantity, _ := resource.ParseQuantity(size)
	return storage{quantity, class}
}

// claimsOf names the volume claims of a StatefulSet, which outlive it.
func claimsOf(i *item) string {
	return text(i, "spec", "volumeClaimTemplates", "0", "metadata", "name") + "-" + i.id.name + "-*"
}

// reportPruned tells what went, and where its data stays.
func (l *resourceList) reportPruned(pruned []*item) {
	for _, i := range pruned {
		l.results.add(sdk.Info, i, "", "removed: %s is not part of the data layer any more", i.id)
		if left := leftBehind(i); left != "" {
			l.results.add(sdk.Warning, i, "", "%s", left)
		}
	}
}

// leftBehind tells where the data of a workload is that is pruned.
func leftBehind(i *item) string {
	switch {
	case isStatefulSet(i):
		return fmt.Sprintf("its data stays in the volume claims %s, until you delete them", claimsOf(i))
	case isPostgresCluster(i):
		return fmt.Sprintf("its annotations keep it running where it is applied; to delete it with its data, run kubectl delete clusters.postgresql.cnpg.io %s", i.id.name)
	default:
		return ""
	}
}
