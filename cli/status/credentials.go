package status

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
)

// neededSecret is a Secret with the keys that something connects with.
type neededSecret struct {
	name string
	keys []string
}

// neededSecrets are those of the spec, and those that are rendered as they are.
func (i *inspector) neededSecrets(c *v1.BanhBaoRingCluster) []neededSecret {
	database, redis := c.Spec.Database, c.Spec.Redis
	var needed []neededSecret
	if *database.Managed {
		ref := c.DatabaseSecret()
		needed = append(needed, neededSecret{ref.Name, []string{ref.Keys.Username, ref.Keys.Password, ref.Keys.URL}})
	} else {
		needed = append(needed, neededSecret{database.ConnectionString.Name, []string{database.ConnectionString.Key}})
	}
	switch {
	case !*redis.Managed:
		needed = append(needed, neededSecret{redis.ConnectionString.Name, []string{redis.ConnectionString.Key}})
	case redis.HasAuth():
		ref := c.RedisSecret()
		needed = append(needed, neededSecret{ref.Name, []string{ref.Keys.Password, ref.Keys.URL}})
	}
	needed = append(needed, certificates(database.TLS, redis.TLS)...)
	for _, wanted := range i.wanted {
		if secret, ok := wanted.(*corev1.Secret); ok {
			needed = append(needed, neededSecret{secret.Name, slices.Sorted(maps.Keys(secret.Data))})
		}
	}
	return needed
}

// certificates are the Secrets that servers wait for, each once.
func certificates(servers ...*v1.TLSSpec) []neededSecret {
	var needed []neededSecret
	for _, tls := range servers {
		if tls != nil && !slices.ContainsFunc(needed, func(other neededSecret) bool { return other.name == tls.SecretName }) {
			needed = append(needed, neededSecret{tls.SecretName, builders.CertificateKeys()})
		}
	}
	return needed
}

func secretKind() schema.GroupKind { return schema.GroupKind{Kind: "Secret"} }

// credentials are ready when each Secret has its keys. Where no Secrets were
// asked for, it is enough that what makes one says so, and a Secret that nothing
// is known of makes the whole unknown.
func (i *inspector) credentials(c *v1.BanhBaoRingCluster) Part {
	part := Part{Name: "credentials"}
	var problems, unknown []string
	for _, secret := range i.neededSecrets(c) {
		made, problem := i.maker(secret.name)
		switch live := i.see(i.live.find(secretKind(), i.namespace, secret.name)); {
		case problem != "":
			problems = append(problems, problem)
		case live != nil:
			problems = append(problems, missingKeys(secret, live)...)
		case i.live.has(secretKind(), i.namespace):
			problems = append(problems, fmt.Sprintf("Secret %s not found", secret.name))
		case !made:
			unknown = append(unknown, secret.name)
		}
	}
	switch {
	case len(problems) > 0:
		part.Ready, part.Message = new(false), strings.Join(problems, "; ")
	case len(unknown) > 0:
		part.Message = "No Secrets in the input to look for " + strings.Join(unknown, ", ")
	default:
		part.Ready = new(true)
	}
	return part
}

func missingKeys(secret neededSecret, live *object) []string {
	missing := slices.DeleteFunc(slices.Clone(secret.keys), func(key string) bool { return bool(live.Data[key]) })
	if len(missing) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Secret %s has no value for %s", secret.name, strings.Join(missing, ", "))}
}

// maker looks at the SealedSecret or ExternalSecret that is rendered to make a
// Secret. It tells whether the Secret was made, and else what is wrong, as far
// as the live objects show either.
func (i *inspector) maker(secret string) (made bool, problem string) {
	at := slices.IndexFunc(i.wanted, func(wanted builders.Object) bool {
		return wanted.GetName() == secret && makerCondition(wanted.GroupVersionKind().Kind) != ""
	})
	if at < 0 {
		return false, ""
	}
	kind := i.wanted[at].GroupVersionKind()
	live := i.find(i.wanted[at])
	if live == nil && i.live.has(kind.GroupKind(), i.namespace) {
		return false, fmt.Sprintf("%s %s not found", kind.Kind, secret)
	}
	if live == nil {
		return false, ""
	}
	switch c := live.condition(makerCondition(kind.Kind)); {
	case live.Status.ObservedGeneration != 0 && live.Status.ObservedGeneration < live.Generation, c.Status == "":
		return false, fmt.Sprintf("%s %s was not seen by its controller yet", kind.Kind, secret)
	case c.Status != "True":
		return false, joined(fmt.Sprintf("%s %s", kind.Kind, secret), c.Reason, c.Message)
	}
	return true, ""
}

// makerCondition is the condition by which a kind tells that it made its Secret.
func makerCondition(kind string) string {
	switch kind {
	case "SealedSecret":
		return "Synced"
	case "ExternalSecret":
		return "Ready"
	default:
		return ""
	}
}
