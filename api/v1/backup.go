package v1

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/robfig/cron/v3"
	"k8s.io/apimachinery/pkg/util/validation"
)

func (b *BackupSpec) setDefaults() {
	fill(&b.Schedule, "0 2 * * *")
	fillPointer(&b.Retention, 30)
	fill(&b.Image, "rclone/rclone")
	b.Image = withTag(b.Image, "1.74.4")
	if s3 := b.Destination.S3; s3 != nil && s3.Credentials != nil {
		fill(&s3.Credentials.Keys.AccessKeyID, "access-key-id")
		fill(&s3.Credentials.Keys.SecretAccessKey, "secret-access-key")
	}
}

// BacksUp tells whether the database is backed up by this function: an external
// one is its owner's to back up.
func (s *BanhBaoRingClusterSpec) BacksUp() bool { return *s.Database.Managed && s.Backup.Enabled }

// backup checks the section only where it is used: it may hold what another
// tool understands.
func (v *validator) backup(c *BanhBaoRingCluster) {
	const field = "spec.backup"
	b := c.Spec.Backup
	if !c.Spec.BacksUp() {
		if b.Enabled {
			v.warnf(field, "does not cover a database with managed: %t: whoever runs it has to back it up", *c.Spec.Database.Managed)
		}
		return
	}
	if err := checkCron(b.Schedule); err != nil {
		v.errorf(field+".schedule", "%s", err)
	}
	switch s3, gcs := b.Destination.S3 != nil, b.Destination.GCS != nil; {
	case s3 && gcs:
		v.errorf(field+".destination", "must have one of s3 and gcs, got both")
	case !s3 && !gcs:
		v.errorf(field+".destination", "must have s3 or gcs, with the bucket to write to")
	}
	v.annotations(field+".serviceAccountAnnotations", b.ServiceAccountAnnotations)
}

// annotations checks what an API server would refuse, and keeps out what tells
// this function which objects are its own.
func (v *validator) annotations(field string, annotations map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		switch {
		case len(validation.IsQualifiedName(strings.ToLower(key))) > 0:
			v.errorf(field, "must have keys such as eks.amazonaws.com/role-arn, got %q", key)
		case strings.HasPrefix(key, Group+"/"):
			v.errorf(field, "must leave the keys of %s to this function, got %q", Group, key)
		}
	}
}

// checkCron takes what all cron implementations take: no names such as @daily, and no
// time zone in front.
func checkCron(schedule string) error {
	const rule = `must be five cron fields such as "0 2 * * *"`
	if n := len(strings.Fields(schedule)); n != 5 {
		return fmt.Errorf("%s, got %d in %q", rule, n, schedule)
	}
	if _, err := cron.ParseStandard(schedule); err != nil {
		return fmt.Errorf("%s, got %q: %w", rule, schedule, err)
	}
	return nil
}
