package v1

import (
	"strings"

	"github.com/robfig/cron/v3"
)

func (b *BackupSpec) setDefaults() {
	fill(&b.Schedule, "0 2 * * *")
	fillPointer(&b.Retention, 30)
	if s3 := b.Destination.S3; s3 != nil && s3.Credentials != nil {
		fill(&s3.Credentials.Keys.AccessKeyID, "access-key-id")
		fill(&s3.Credentials.Keys.SecretAccessKey, "secret-access-key")
	}
}

// backup checks the section only where it is used: it may hold what another
// tool understands.
func (v *validator) backup(c *BanhBaoRingCluster) {
	const field = "spec.backup"
	b := c.Spec.Backup
	switch {
	case !*c.Spec.Database.Managed || !b.Enabled:
		return
	case c.Spec.Database.Engine == EngineStatefulSet:
		v.warnf(field, "does not cover PostgreSQL with engine: %s; set spec.database.engine: %s, or back it up otherwise", EngineStatefulSet, EngineCloudNativePG)
		return
	}
	if !isCron(b.Schedule) {
		v.errorf(field+".schedule", "must be five cron fields such as \"0 2 * * *\", got %q", b.Schedule)
	}
	if (b.Destination.S3 == nil) == (b.Destination.GCS == nil) {
		v.errorf(field+".destination", "must have one of s3 and gcs")
	}
}

// isCron takes what all cron implementations take: no names such as @daily, and
// no time zone in front.
func isCron(schedule string) bool {
	_, err := cron.ParseStandard(schedule)
	return err == nil && len(strings.Fields(schedule)) == 5
}
