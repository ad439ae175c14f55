package cli

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bitnami/sealed-secrets/pkg/crypto"
	"github.com/spf13/cobra"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
	"github.com/Bidon15/banhbaoring/generate-data-layer/builders"
	"github.com/Bidon15/banhbaoring/generate-data-layer/fn"
)

// sealOptions are the flags of seal.
type sealOptions struct {
	cert, name, namespace   string
	scope                   string
	database, redis         bool
	rotate, inPlace         bool
	passwordStdin, urlStdin bool
}

func sealCommand() *cobra.Command {
	var options sealOptions
	command := &cobra.Command{
		Use:   "seal --cert CERT FILE",
		Short: "Make passwords and write them, encrypted, into a cluster's file",
		Long: `Make a password for PostgreSQL and one for Redis, encrypt them for the Sealed
Secrets controller, and write them into the file of a BanhBaoRingCluster. Nobody
sees a password: only the controller can decrypt it.

The certificate is a file, or - for stdin: PEM as 'kubeseal --fetch-cert' prints
it, or the controller's Secret. Without --database or --redis both are sealed,
as far as they are managed. The URL of an external one is read from stdin.

The file keeps its comments, order and spelling; without --in-place it is printed.`,
		Example: `  kubeseal --fetch-cert > cert.pem
  generate-data-layer seal --cert cert.pem --in-place cluster.yaml
  generate-data-layer seal --cert cert.pem --in-place --database --rotate cluster.yaml
  pass show postgres | generate-data-layer seal --cert cert.pem --database --rotate --password-stdin cluster.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{errors.New("seal: expected one file, such as cluster.yaml")}
			}
			return options.check()
		},
		RunE: func(command *cobra.Command, args []string) error { return seal(command, options, args[0]) },
	}
	flags := command.Flags()
	flags.StringVar(&options.cert, "cert", "", "certificate of the controller: a file, or - for stdin")
	flags.StringVar(&options.name, "name", "", "name of the cluster, where the file has several")
	flags.StringVar(&options.namespace, "namespace", "", "namespace that the cluster will have, where its file does not say")
	flags.BoolVar(&options.database, "database", false, "seal the password of PostgreSQL")
	flags.BoolVar(&options.redis, "redis", false, "seal the password of Redis")
	flags.BoolVar(&options.rotate, "rotate", false, "replace what is sealed already")
	flags.BoolVar(&options.passwordStdin, "password-stdin", false, "read the password from stdin rather than make one")
	flags.BoolVar(&options.urlStdin, "url-stdin", false, "read the URL of an external database or Redis from stdin")
	flags.StringVar(&options.scope, "scope", "", "strict (the default), namespace-wide or cluster-wide")
	flags.BoolVar(&options.inPlace, "in-place", false, "write the file rather than print it")
	return command
}

func (o *sealOptions) check() error {
	fromStdin := o.passwordStdin || o.urlStdin
	switch {
	case o.cert == "":
		return usageError{errors.New("seal: --cert is required; kubeseal --fetch-cert prints one")}
	case o.passwordStdin && o.urlStdin:
		return usageError{errors.New("seal: choose one of --password-stdin and --url-stdin")}
	case fromStdin && o.cert == "-":
		return usageError{errors.New("seal: stdin cannot be both the certificate and a secret")}
	case fromStdin && o.database == o.redis:
		return usageError{errors.New("seal: a secret from stdin is for one of --database and --redis")}
	}
	switch v1.SealedScope(o.scope) {
	case "", v1.SealedStrict, v1.SealedNamespaceWide, v1.SealedClusterWide:
		return nil
	}
	return usageError{fmt.Errorf("seal: --scope must be strict, namespace-wide or cluster-wide, got %q", o.scope)}
}

func seal(command *cobra.Command, options sealOptions, path string) (err error) {
	key, err := readPublicKey(command, options.cert)
	if err != nil {
		return err
	}
	if options.inPlace {
		lock, err := lockFile(path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, lock.Close()) }()
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := fn.OpenClusterFile(text, options.name)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := settleNamespace(file.Cluster, options.namespace); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	targets, err := sealTargets(file.Cluster, options)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, target := range targets {
		if err := target.seal(command.InOrStdin(), file, key, options); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if options.inPlace {
		return replaceFile(path, text, file.Bytes())
	}
	_, err = command.OutOrStdout().Write(file.Bytes())
	return err
}

// settleNamespace gives the cluster the namespace of the flag, where it has none.
func settleNamespace(c *v1.BanhBaoRingCluster, namespace string) error {
	switch {
	case c == nil || c.Name == "":
		return errors.New("the cluster cannot be read; generate-data-layer render shows why")
	case c.Namespace != "" && namespace != "" && c.Namespace != namespace:
		return fmt.Errorf("metadata.namespace: is %s, not %s as --namespace says", c.Namespace, namespace)
	}
	c.Namespace = cmp.Or(c.Namespace, namespace)
	return nil
}

// sealTarget is a component whose secret is to be sealed.
type sealTarget struct {
	field   string // of its credentials
	managed bool
	sealed  *v1.SealedCredentials
	// taken is the field of another kind of credentials, if there is one.
	taken  string
	secret string
	parse  func(url string) (*builders.Endpoint, error)
}

// sealTargets returns what the flags ask for: without any, what is managed.
func sealTargets(c *v1.BanhBaoRingCluster, options sealOptions) ([]sealTarget, error) {
	database, redis := databaseTarget(c), redisTarget(c)
	all := !options.database && !options.redis
	var targets []sealTarget
	if options.database || all && database.managed {
		targets = append(targets, database)
	}
	if options.redis || all && redis.managed {
		targets = append(targets, redis)
	}
	if len(targets) == 0 {
		return nil, errors.New("nothing is managed; to seal the URL of an external service, use --url-stdin with --database or --redis")
	}
	var errs []error
	for _, target := range targets {
		errs = append(errs, target.check(options))
	}
	return targets, errors.Join(errs...)
}

func databaseTarget(c *v1.BanhBaoRingCluster) sealTarget {
	given := c.Spec.Database.Credentials
	return sealTarget{
		field:   "spec.database.credentials",
		managed: *c.Spec.Database.Managed,
		sealed:  given.Sealed,
		taken:   taken(given.SecretRef != nil, given.ExternalSecret != nil),
		secret:  c.DatabaseSecret().Name,
		parse:   builders.ParseDatabaseURL,
	}
}

func redisTarget(c *v1.BanhBaoRingCluster) sealTarget {
	given := c.Spec.Redis.Credentials
	return sealTarget{
		field:   "spec.redis.credentials",
		managed: *c.Spec.Redis.Managed,
		sealed:  given.Sealed,
		taken:   taken(given.SecretRef != nil, given.ExternalSecret != nil),
		secret:  c.RedisSecret().Name,
		parse:   builders.ParseRedisURL,
	}
}

func taken(secretRef, externalSecret bool) string {
	switch {
	case secretRef:
		return "secretRef"
	case externalSecret:
		return "externalSecret"
	default:
		return ""
	}
}

func (t sealTarget) check(options sealOptions) error {
	switch {
	case t.taken != "":
		return fmt.Errorf("%s.%s: remove it first, since credentials come from one place", t.field, t.taken)
	case t.sealed != nil && !options.rotate:
		return fmt.Errorf("%s.sealed: is there already; --rotate replaces it", t.field)
	case t.managed && options.urlStdin:
		return fmt.Errorf("%s: --url-stdin is for an external service, and this one is managed", t.field)
	case !t.managed && !options.urlStdin:
		return fmt.Errorf("%s: the service is external, so its URL is sealed: use --url-stdin", t.field)
	}
	return nil
}

// seal writes the target's secret into the file, encrypted.
func (t sealTarget) seal(stdin io.Reader, file *fn.ClusterFile, key *rsa.PublicKey, options sealOptions) error {
	scope := t.scope(options)
	namespace := file.Cluster.Namespace
	if namespace == "" && scope != v1.SealedClusterWide {
		return fmt.Errorf("metadata.namespace: is required: a value of scope %s is bound to its namespace; or use --namespace, or --scope cluster-wide", scope)
	}
	secret, err := t.value(stdin, options)
	if err != nil {
		return err
	}
	ciphertext, err := crypto.HybridEncrypt(rand.Reader, key, secret, label(scope, namespace, t.secret))
	if err != nil {
		return err
	}
	entry := "password"
	if !t.managed {
		entry = "url"
	}
	sealed := t.field + ".sealed"
	if err := file.Set(sealed+".encryptedData."+entry, base64.StdEncoding.EncodeToString(ciphertext)); err != nil {
		return err
	}
	if options.scope != "" {
		if err := file.Set(sealed+".scope", string(scope)); err != nil {
			return err
		}
	}
	return file.Set(sealed+".sealedFor", namespace+"/"+t.secret)
}

// scope is that of the flag, or else the one there is.
func (t sealTarget) scope(options sealOptions) v1.SealedScope {
	switch {
	case options.scope != "":
		return v1.SealedScope(options.scope)
	case t.sealed != nil:
		return t.sealed.Scope
	default:
		return v1.SealedStrict
	}
}

// value is the secret: from stdin, or 192 random bits in 32 characters that need
// no escape in a URL.
func (t sealTarget) value(stdin io.Reader, options sealOptions) ([]byte, error) {
	if !options.passwordStdin && !options.urlStdin {
		random := make([]byte, 24)
		if _, err := rand.Read(random); err != nil {
			return nil, err
		}
		return []byte(base64.RawURLEncoding.EncodeToString(random)), nil
	}
	text, err := io.ReadAll(stdin)
	if err != nil {
		return nil, err
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if len(text) == 0 || bytes.ContainsAny(text, "\x00\r\n") {
		return nil, errors.New("stdin must have one line, with the secret and nothing else")
	}
	if options.urlStdin {
		if _, err := t.parse(string(text)); err != nil {
			return nil, fmt.Errorf("the URL from stdin %w", err)
		}
	}
	return text, nil
}

// label is what a ciphertext is bound to: Sealed Secrets' own EncryptionLabel,
// whose package would bring client-go.
func label(scope v1.SealedScope, namespace, name string) []byte {
	switch scope {
	case v1.SealedClusterWide:
		return nil
	case v1.SealedNamespaceWide:
		return []byte(namespace)
	default:
		return []byte(strings.Join([]string{namespace, name}, "/"))
	}
}
