package builders

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	v1 "github.com/Bidon15/banhbaoring/generate-data-layer/api/v1"
)

// The tests of backups run the container's command on a real PostgreSQL that asks
// for a password, with a real rclone, which serves the bucket as well.

const (
	bucketKeyID = "access-key-id-of-tests"
	// No other test has it: what runs beside is seen too.
	backupPassword = `swordfish of "$(id)" and 'others' @:/?#%\`
	oldDump        = "banhbaoring-20260101T020000Z.dump"
)

// dumper is a database, a bucket in a directory, and the programs between them.
type dumper struct {
	server  *postgresServer
	bin     string // goes to the front of PATH
	files   string // holds the password and what the programs write
	buckets string // a directory for each bucket
	bucket  string // the one in use
	resets  int
	port    string // of the bucket's service
	key     string // of the bucket
}

// newDumper starts a database with rows, and the service with an empty bucket.
func newDumper(t *testing.T) *dumper {
	t.Helper()
	rclone := need(t, "rclone")
	d := &dumper{server: newPostgres(t), files: t.TempDir(), buckets: t.TempDir(), port: freePort(t), key: "sesame-of-" + t.Name()}
	startDatabase(t, d.server)
	launch(t, containerCommand([]string{
		rclone, "serve", "s3", "--addr=127.0.0.1:" + d.port, d.buckets,
	}, "RCLONE_CONFIG=/dev/null", `RCLONE_AUTH_KEY="`+bucketKeyID+","+d.key+`"`), filepath.Join(d.files, "service.log"), syscall.SIGKILL)
	d.reset(t)
	return d
}

// startDatabase makes the database of a StatefulSet, whose rules let nobody in by
// TCP without a password.
func startDatabase(t *testing.T, server *postgresServer) {
	t.Helper()
	rules := "local all all trust\nhost all all all scram-sha-256\n"
	if err := os.WriteFile(filepath.Join(server.dir, "data", "pg_hba.conf"), []byte(rules), 0o644); err != nil {
		t.Fatal(err)
	}
	server.start(t, "127.0.0.1")
	server.psql(t, "postgres", "ALTER ROLE banhbaoring PASSWORD '"+strings.ReplaceAll(backupPassword, "'", "''")+"'; CREATE DATABASE banhbaoring")
	runInitScripts(t, server, "banhbaoring", v1.InitSchemaFull)
	server.psql(t, "banhbaoring", read(t, "testdata/rows.sql"))
}

// reset makes an empty bucket and takes the real programs again. They note how
// everyone on the node sees what runs.
func (d *dumper) reset(t *testing.T) {
	t.Helper()
	d.bin = publicDir(t)
	d.resets++
	d.bucket = fmt.Sprintf("dumps-%d", d.resets)
	d.put(t, "password", backupPassword+"\n") // as an editor ends a file
	// But for env, by which the test sets a container's environment.
	for _, program := range []string{"pg_dump", "rclone"} {
		d.write(t, program, `ps -A -ww -o args | grep -v '^env -i' >>'`+filepath.Join(d.files, "processes")+`'; exec `+d.real(t, program)+` "$@"`)
	}
	// The service itself, since it remembers which buckets there are.
	eventually(t, "the service makes a bucket", func() bool {
		_, code := d.rclone(t, "mkdir", "backup,no_check_bucket=false:"+d.bucket, "--retries=1", "--low-level-retries=1")
		return code == 0
	})
}

func (d *dumper) put(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.files, file), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// write puts a script in the place of a program; in it, real is that program.
func (d *dumper) write(t *testing.T, program, script string) {
	t.Helper()
	writeProgram(t, d.bin, program, `real() { `+d.real(t, program)+` "$@"; }`+"\n"+script)
}

func (d *dumper) real(t *testing.T, program string) string {
	t.Helper()
	if program == "pg_dump" {
		return filepath.Join(d.server.programs, program)
	}
	return need(t, program)
}

func (d *dumper) cluster() *v1.BanhBaoRingCluster {
	c := minimalCluster()
	c.Spec.Backup = v1.BackupSpec{
		Enabled: true,
		Destination: v1.BackupDestination{S3: &v1.S3Destination{
			Bucket: d.bucket, Prefix: "/production/", EndpointURL: "http://127.0.0.1:" + d.port,
			Credentials: &v1.S3CredentialsRef{Name: "bucket"},
		}},
	}
	return c.Default()
}

// environment is the container's, in a pod and with the paths of the test. More
// variables override it.
func (d *dumper) environment(pod string, more ...string) []string {
	values := map[string]string{
		"PGHOST": "127.0.0.1", "PGPORT": d.server.port, "POD_NAME": pod, "TOOLS": d.bin,
		"POSTGRES_PASSWORD_FILE": filepath.Join(d.files, "password"),
		"username":               "banhbaoring", "access-key-id": bucketKeyID, "secret-access-key": d.key,
	}
	environment := []string{path(d.bin), "TMPDIR=" + d.files}
	for _, variable := range backupContainer(d.cluster()).Env {
		environment = append(environment, variable.Name+"="+envValue(variable, values))
	}
	return append(environment, more...)
}

// envValue looks a variable up by its name, or by its key in a Secret.
func envValue(variable corev1.EnvVar, values map[string]string) string {
	if value, ok := values[variable.Name]; ok {
		return value
	}
	if from := variable.ValueFrom; from != nil {
		return values[from.SecretKeyRef.Key]
	}
	return variable.Value
}

// command is what a pod runs.
func (d *dumper) command(pod string, more ...string) *exec.Cmd {
	return containerCommand(backupContainer(d.cluster()).Command, d.environment(pod, more...)...)
}

// rclone is a person's own, with the configuration of the pods.
func (d *dumper) rclone(t *testing.T, args ...string) (output string, code int) {
	t.Helper()
	return finish(t, containerCommand(append([]string{need(t, "rclone")}, args...), d.environment("person")...))
}

// directory is where the cluster's dumps are.
func (d *dumper) directory() string {
	return filepath.Join(d.buckets, d.bucket, "production", "c-backup")
}

// objects are the files in the bucket, those in the cluster's directory by name.
func (d *dumper) objects(t *testing.T) []string {
	t.Helper()
	root := d.directory()
	found := []string{}
	err := filepath.WalkDir(filepath.Join(d.buckets, d.bucket), func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(root, file)
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

// age puts an object of that age into the bucket.
func (d *dumper) age(t *testing.T, name string, age time.Duration) {
	t.Helper()
	file := filepath.Join(d.directory(), name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("an earlier one"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Time{}, time.Now().Add(-age)); err != nil {
		t.Fatal(err)
	}
}

// onShells runs a test with the shell of each image of PostgreSQL: Debian's, which
// is this machine's as well as not, and Alpine's.
func onShells(t *testing.T, d *dumper, test func(t *testing.T)) {
	t.Helper()
	for _, shell := range []string{"sh", "busybox"} {
		t.Run(shell, func(t *testing.T) {
			program := need(t, shell)
			d.reset(t)
			if err := os.Symlink(program, filepath.Join(d.bin, "sh")); err != nil {
				t.Fatal(err)
			}
			test(t)
		})
	}
}

const day = 24 * time.Hour

// TestBackup dumps a database and restores it as docs/backup.md says.
func TestBackup(t *testing.T) {
	t.Parallel()
	d := newDumper(t)
	onShells(t, d, func(t *testing.T) {
		log, code := finish(t, d.command("c-backup-1-x"))
		objects := d.objects(t)
		if code != 0 || len(objects) != 1 || !regexp.MustCompile(`^banhbaoring-\d{8}T\d{6}Z\.dump$`).MatchString(objects[0]) {
			t.Fatalf("exit code %d, objects %q\n%s", code, objects, log)
		}
		if want := "made " + objects[0] + "\n"; !strings.HasSuffix(log, want) {
			t.Errorf("the log does not end with %q:\n%s", want, log)
		}
		dump := filepath.Join(d.directory(), objects[0])
		for name, test := range map[string]struct {
			prepare string
			options []string
		}{
			"a new database":                   {"", nil},
			"a database that was just created": {"schema", []string{"--clean", "--if-exists"}},
			"a database with other rows":       {"schema and rows", []string{"--clean", "--if-exists"}},
		} {
			t.Run(name, func(t *testing.T) {
				d.server.psql(t, "postgres", "DROP DATABASE IF EXISTS restored; CREATE DATABASE restored")
				if strings.Contains(test.prepare, "schema") {
					runInitScripts(t, d.server, "restored", v1.InitSchemaFull)
				}
				if strings.Contains(test.prepare, "rows") {
					d.server.psql(t, "restored", "INSERT INTO organizations (name, slug) VALUES ('later', 'later')")
				}
				d.restore(t, dump, test.options...)
				for _, what := range []string{"--schema-only", "--data-only"} {
					if diff := cmp.Diff(d.dumped(t, "banhbaoring", what), d.dumped(t, "restored", what)); diff != "" {
						t.Errorf("pg_dump %s (-dumped +restored):\n%s", what, diff)
					}
				}
			})
		}
	})
	processes := read(t, filepath.Join(d.files, "processes"))
	if strings.Contains(processes, "swordfish") || strings.Contains(processes, d.key) {
		t.Errorf("a command line has a secret:\n%s", processes)
	}
	if !strings.Contains(processes, "pg_dump --format=custom") || !strings.Contains(processes, "rclone rcat") {
		t.Errorf("the processes were not seen:\n%s", processes)
	}
}

// restore runs pg_restore in the pod of the server, over its socket.
func (d *dumper) restore(t *testing.T, dump string, options ...string) {
	t.Helper()
	file, err := os.Open(dump)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	command := d.server.command("pg_restore", append(options, "--host="+d.server.dir, "--port="+d.server.port,
		"--username=banhbaoring", "--dbname=restored", "--no-owner", "--single-transaction")...)
	command.Stdin = file
	if output, code := finish(t, command); code != 0 {
		t.Fatalf("pg_restore: exit code %d\n%s", code, output)
	}
}

// dumped is what pg_dump writes as SQL, but for the key that each dump has anew.
func (d *dumper) dumped(t *testing.T, database, what string) string {
	t.Helper()
	output, code := finish(t, d.server.command("pg_dump", "--host="+d.server.dir, "--port="+d.server.port, "--username=banhbaoring", what, database))
	if code != 0 || !strings.Contains(output, "organizations") {
		t.Fatalf("pg_dump: exit code %d\n%s", code, output)
	}
	return regexp.MustCompile(`(?m)^\\(un)?restrict .*\n`).ReplaceAllString(output, "")
}

// TestBackupRetention leaves everything alone that is not a dump of this cluster,
// or is not old.
func TestBackupRetention(t *testing.T) {
	t.Parallel()
	d := newDumper(t)
	onShells(t, d, func(t *testing.T) {
		kept := []string{
			"../other-backup/" + oldDump,
			"banhbaoring-20260102T020000Z.dump.c-backup-2-x.partial",
			"banhbaoring-20260103T020000Z.dump",
			"banhbaoring-before-the-upgrade.dump",
			"below/" + oldDump,
			oldDump + ".sha256",
			"notes.txt",
			"other-20260101T020000Z.dump",
		}
		for _, name := range kept {
			d.age(t, name, 31*day)
		}
		d.age(t, "banhbaoring-20260102T020000Z.dump.c-backup-2-x.partial", 23*time.Hour)
		d.age(t, "banhbaoring-20260103T020000Z.dump", 30*day-time.Hour)
		d.age(t, oldDump, 30*day+time.Hour)
		d.age(t, oldDump+".c-backup-1-x.partial", 25*time.Hour)
		log, code := finish(t, d.command("c-backup-3-x"))
		made := strings.TrimSpace(log[strings.LastIndex(log, " "):])
		if code != 0 {
			t.Fatalf("exit code %d\n%s", code, log)
		}
		want := append(slices.Clone(kept), made)
		slices.Sort(want)
		if diff := cmp.Diff(want, d.objects(t)); diff != "" {
			t.Errorf("objects (-want +got):\n%s", diff)
		}
	})
}

// TestBackupFails breaks each step: nothing gets a dump's name, and nothing that
// has one goes, however old.
func TestBackupFails(t *testing.T) {
	t.Parallel()
	d := newDumper(t)
	tests := map[string]struct {
		program, script string
		environment     string
		left            int // parts in the bucket
	}{
		"pg_dump is killed midway":    {program: "pg_dump", script: `real "$@" | head -c 300000; kill -KILL $$`},
		"pg_dump fails at its end":    {program: "pg_dump", script: `real "$@"; exit 1`},
		"pg_dump fails at once":       {program: "pg_dump", script: `exit 1`},
		"no server":                   {environment: "PGPORT=1"},
		"another password":            {environment: "POSTGRES_PASSWORD_FILE=/dev/null"},
		"no password":                 {environment: "POSTGRES_PASSWORD_FILE=/none"},
		"rclone is killed midway":     {program: "rclone", script: `[ "$1" != rcat ] || { head -c 300000 >/dev/null; kill -KILL $$; }; real "$@"`},
		"rclone fails at its end":     {program: "rclone", script: `real "$@" && [ "$1" != rcat ]`},
		"the store refuses to rename": {program: "rclone", script: `[ "$1" != moveto ] && real "$@"`, left: 1},
		"no service":                  {environment: "RCLONE_CONFIG_BACKUP_ENDPOINT=http://127.0.0.1:1"},
		"no bucket":                   {environment: "DESTINATION=backup:none/c-backup"},
		"another key of the bucket":   {environment: "RCLONE_CONFIG_BACKUP_SECRET_ACCESS_KEY=other"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			onShells(t, d, func(t *testing.T) {
				d.age(t, oldDump, 400*day)
				if test.program != "" {
					d.write(t, test.program, test.script)
				}
				more := []string{"RCLONE_LOW_LEVEL_RETRIES=1", test.environment}
				log, code := finish(t, d.command("c-backup-1-x", slices.DeleteFunc(more, func(s string) bool { return s == "" })...))
				objects := d.objects(t)
				left := slices.DeleteFunc(slices.Clone(objects), func(name string) bool { return !strings.HasSuffix(name, ".partial") })
				if code == 0 || !slices.Contains(objects, oldDump) || len(objects) != 1+len(left) || len(left) != test.left {
					t.Errorf("exit code %d, objects %q\n%s", code, objects, log)
				}
				if strings.Contains(log, "swordfish") || strings.Contains(log, d.key) || strings.Contains(log, "made ") {
					t.Errorf("log:\n%s", log)
				}
			})
		})
	}
}

// TestBackupKilled takes a pod away in the middle.
func TestBackupKilled(t *testing.T) {
	t.Parallel()
	d := newDumper(t)
	d.write(t, "pg_dump", `real "$@" | head -c 300000; touch '`+filepath.Join(d.files, "midway")+`'; exec sleep 60`)
	kill := launch(t, d.command("c-backup-1-x"), filepath.Join(d.files, "log"), syscall.SIGKILL)
	d.await(t, "midway")
	kill(syscall.SIGKILL)
	if objects := d.objects(t); len(objects) > 0 {
		t.Errorf("objects: %q", objects)
	}
}

// TestBackupBeside has two pods dump in the same second: what one cuts short does
// not get into the dump of the other.
func TestBackupBeside(t *testing.T) {
	t.Parallel()
	d := newDumper(t)
	d.write(t, "date", "echo 20260102T030405Z")
	d.write(t, "rclone", `[ "$1" != moveto ] || { touch '`+filepath.Join(d.files, "midway")+`'; until [ -e '`+filepath.Join(d.files, "go on")+`' ]; do sleep 0.1; done; }; real "$@"`)
	launch(t, d.command("c-backup-1-x"), filepath.Join(d.files, "log"), syscall.SIGKILL)
	d.await(t, "midway")
	d.write(t, "pg_dump", `real "$@" | head -c 300000; kill -KILL $$`)
	if log, code := finish(t, d.command("c-backup-2-x")); code == 0 {
		t.Errorf("the second pod succeeds:\n%s", log)
	}
	d.put(t, "go on", "")
	const dump = "banhbaoring-20260102T030405Z.dump"
	eventually(t, "the first pod ends", func() bool { return strings.Contains(read(t, filepath.Join(d.files, "log")), "made "+dump) })
	if diff := cmp.Diff([]string{dump}, d.objects(t)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	d.server.psql(t, "postgres", "CREATE DATABASE restored")
	d.restore(t, filepath.Join(d.directory(), dump))
}

// await waits until a program has written a file.
func (d *dumper) await(t *testing.T, file string) {
	t.Helper()
	eventually(t, file, func() bool {
		_, err := os.Stat(filepath.Join(d.files, file))
		return err == nil
	})
}

// TestBackupOptions asks rclone whether it knows what configures it.
func TestBackupOptions(t *testing.T) {
	t.Parallel()
	command := exec.Command(need(t, "rclone"), "config", "providers")
	command.Env = []string{"RCLONE_CONFIG=/dev/null"}
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var providers []struct {
		Name    string
		Options []struct{ Name string }
	}
	if err := json.Unmarshal(output, &providers); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, provider := range providers {
		known[provider.Name+" TYPE"] = true
		for _, option := range provider.Options {
			known[provider.Name+" "+strings.ToUpper(option.Name)] = true
		}
	}
	for name, destination := range map[string]v1.BackupDestination{
		"S3":            {S3: &v1.S3Destination{Credentials: &v1.S3CredentialsRef{}}},
		"S3 by a role":  {S3: &v1.S3Destination{}},
		"GCS":           {GCS: &v1.GCSDestination{Credentials: &v1.SecretKeyRef{}}},
		"GCS by a role": {GCS: &v1.GCSDestination{}},
		"S3 elsewhere":  {S3: &v1.S3Destination{EndpointURL: "https://s3.example.com"}},
	} {
		env := remoteEnv(destination, "directory")
		for _, variable := range env {
			option, ok := strings.CutPrefix(variable.Name, backupRemoteEnv)
			if ok && !known[env[0].Value+" "+option] {
				t.Errorf("%s: rclone has no option %s", name, variable.Name)
			}
		}
	}
}

// TestRcloneVersion: the tests run the release that the pods do.
func TestRcloneVersion(t *testing.T) {
	image := minimalCluster().Spec.Backup.Image
	if want := "github.com/rclone/rclone v" + v1.ImageTag(image) + " "; !strings.Contains(read(t, "../tools/rclone/go.mod"), want) {
		t.Errorf("the image is %s, and tools/rclone/go.mod requires another release", image)
	}
}
