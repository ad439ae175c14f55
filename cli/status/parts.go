package status

import (
	"fmt"
	"slices"
	"strings"

	cnpgv1 "github.com/cloudnative-pg/api/pkg/api/v1"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"

	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// versionLabel is on every workload with the version of what it runs.
const versionLabel = "app.kubernetes.io/version"

// inspector compares what a cluster is made of with what is there.
type inspector struct {
	wanted    []builders.Object
	live      *Live
	namespace string
	// seen are the live objects that the findings come from.
	seen []*object
}

// part puts together how the workloads of some components are. The first is the
// servers', whose version and replicas are those of the part.
func (i *inspector) part(name string, components ...string) Part {
	part := Part{Name: name}
	var messages []string
	for _, wanted := range i.wanted {
		if !slices.Contains(components, wanted.GetLabels()["app.kubernetes.io/component"]) {
			continue
		}
		found, ok := i.workload(wanted)
		if !ok {
			continue
		}
		if part.Ready == nil {
			part.Ready, part.Version, part.Replicas = new(true), found.version, found.replicas
		}
		*part.Ready = *part.Ready && found.ready
		if found.message != "" {
			messages = append(messages, found.message)
		}
	}
	part.Message = strings.Join(messages, "; ")
	return part
}

// finding is how one workload is.
type finding struct {
	ready                      bool
	version, replicas, message string
}

// workload looks at a StatefulSet, a Job or a CloudNativePG Cluster; ok is false
// for anything else.
func (i *inspector) workload(wanted builders.Object) (found finding, ok bool) {
	switch wanted := wanted.(type) {
	case *appsv1.StatefulSet:
		return i.compare(wanted, func(live *object) finding { return i.statefulSet(*wanted.Spec.Replicas, live) }), true
	case *cnpgv1.Cluster:
		return i.compare(wanted, func(live *object) finding { return i.postgresCluster(int32(wanted.Spec.Instances), live) }), true
	case *batchv1.Job:
		return i.compare(wanted, job), true
	default:
		return finding{}, false
	}
}

// compare looks for a workload and inspects it. That it is another version than
// wanted, or goes away, matters more than how it is.
func (i *inspector) compare(wanted builders.Object, inspect func(*object) finding) finding {
	subject := subjectOf(wanted)
	live := i.find(wanted)
	if live == nil {
		return finding{message: subject + " not found"}
	}
	found := inspect(live)
	found.version = live.Labels[versionLabel]
	want := wanted.GetLabels()[versionLabel]
	switch {
	case live.DeletionTimestamp != nil:
		found.ready, found.message = false, subject+" is being deleted"
	case found.version != want:
		found.ready, found.message = false, fmt.Sprintf("Version %s is not applied yet", want)
	}
	return found
}

// subjectOf names a Job, of which there may be others of another content.
func subjectOf(wanted builders.Object) string {
	if job, ok := wanted.(*batchv1.Job); ok {
		return "Job " + job.Name
	}
	return wanted.GroupVersionKind().Kind
}

func (i *inspector) find(wanted builders.Object) *object {
	return i.see(i.live.find(wanted.GroupVersionKind().GroupKind(), i.namespace, wanted.GetName()))
}

func (i *inspector) see(o *object) *object {
	if o != nil {
		i.seen = append(i.seen, o)
	}
	return o
}

// statefulSet is ready when as many pods are as are wanted, all of them of the
// latest template.
func (i *inspector) statefulSet(wanted int32, live *object) finding {
	found := finding{replicas: fmt.Sprintf("%d/%d", live.Status.ReadyReplicas, wanted)}
	status := live.Status
	rolling := status.UpdateRevision != status.CurrentRevision && status.UpdatedReplicas < wanted
	switch {
	case live.Spec.Replicas == nil || *live.Spec.Replicas != wanted:
		found.message = fmt.Sprintf("Replicas: %d is not applied yet", wanted)
	case status.ObservedGeneration < live.Generation:
		found.message = "The latest change was not seen yet"
	case rolling:
		found.message = fmt.Sprintf("Rollout under way: updated %d/%d", status.UpdatedReplicas, wanted) + i.waiting(live)
	case status.ReadyReplicas < wanted:
		found.message = "Waiting for pods" + i.waiting(live)
	default:
		found.ready = true
	}
	return found
}

// postgresCluster is ready when its operator says so. Without a status, the
// operator has not seen it.
func (i *inspector) postgresCluster(wanted int32, live *object) finding {
	status := live.Status
	found := finding{
		replicas: fmt.Sprintf("%d/%d", status.ReadyInstances, wanted),
		message:  joined(status.Phase, status.PhaseReason),
	}
	ready := live.condition("Ready")
	switch {
	case live.Spec.Instances == nil || *live.Spec.Instances != wanted:
		found.message = fmt.Sprintf("Replicas: %d is not applied yet", wanted)
	case status.Phase == "":
		found.message = "Waiting for CloudNativePG"
	case status.Phase != cnpgv1.PhaseHealthy:
		found.message += i.waiting(live)
	case status.ReadyInstances < wanted:
		found.message = "Waiting for pods" + i.waiting(live)
	case ready.Status == "False":
		found.message = joined(ready.Reason, ready.Message)
	default:
		found.ready, found.message = true, ""
	}
	return found
}

// job is ready when it is complete: a Job is there to be over.
func job(live *object) finding {
	status, subject := live.Status, "Job "+live.Name
	found := finding{replicas: fmt.Sprintf("%d/%d", status.Succeeded, completions(live))}
	failed := live.condition("Failed")
	if failed.Status != "True" { // where its pods still run
		failed = live.condition("FailureTarget")
	}
	switch {
	case live.condition("Complete").Status == "True":
		found.ready = true
	case failed.Status == "True":
		found.message = joined(subject+" failed", failed.Reason, failed.Message)
	case live.Spec.Suspend:
		found.message = subject + " is suspended"
	case status.Failed > 0:
		found.message = fmt.Sprintf("%s is tried again, failed pods: %d", subject, status.Failed)
	case status.Active > 0, !status.StartTime.IsZero():
		found.message = subject + " is running"
	default:
		found.message = subject + " has not started"
	}
	return found
}

func completions(job *object) int32 {
	if job.Spec.Completions == nil {
		return 1
	}
	return *job.Spec.Completions
}

// waiting says for what the pods of a workload wait, where pods are among the
// live objects and know it.
func (i *inspector) waiting(owner *object) string {
	var reasons []string
	for _, pod := range i.live.podsOf(owner) {
		for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
			if waiting := container.State.Waiting; waiting != nil {
				reasons = append(reasons, pod.Name+" "+waiting.Reason)
				break
			}
		}
		if c := pod.condition("PodScheduled"); c.Status == "False" {
			reasons = append(reasons, pod.Name+" "+c.Reason)
		}
	}
	if len(reasons) == 0 {
		return ""
	}
	slices.Sort(reasons)
	return ": " + strings.Join(reasons, ", ")
}

// joined puts the texts that are not empty behind each other.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), ": ")
}
