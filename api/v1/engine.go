package v1

import (
	"strconv"
	"strings"
)

// OnCloudNativePG tells whether the database is CloudNativePG's to run.
func (d *DatabaseSpec) OnCloudNativePG() bool {
	return *d.Managed && d.Engine == EngineCloudNativePG
}

// Major is the major release that version names.
func (d *DatabaseSpec) Major() int { return MajorRelease(d.Version) }

// MajorRelease returns the number at the start of a version or of an image's
// tag, such as 16 for 16.4 and for 16-bookworm, or 0 where there is none.
func MajorRelease(version string) int {
	digits := len(version) - len(strings.TrimLeft(version, "0123456789"))
	number, err := strconv.Atoi(version[:digits])
	if err != nil {
		return 0
	}
	return number
}

// ImageTag returns the tag of an image, or nothing where it has only a digest
// or not even that.
func ImageTag(image string) string {
	image, _, _ = strings.Cut(image, "@")
	_, tag, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	return tag
}

// engine checks what only one of the engines can do.
func (v *validator) engine(field string, d *DatabaseSpec) {
	switch {
	case !*d.Managed:
		return
	case d.Engine == EngineCloudNativePG:
		v.cloudNativePG(field, d)
	default:
		v.statefulSet(field, d)
	}
}

func (v *validator) statefulSet(field string, d *DatabaseSpec) {
	const only = "works with engine: CloudNativePG alone: set that, or leave this out"
	if *d.Replicas > 1 {
		v.errorf(field+".replicas", "must be 1 with engine: StatefulSet, got %d: its pods would be unrelated databases behind one Service; leave engine out to have CloudNativePG replicate", *d.Replicas)
	}
	if d.Pooler != nil {
		v.errorf(field+".pooler", only)
	}
	if d.ImageCatalogRef != nil {
		v.errorf(field+".imageCatalogRef", only)
	}
}

func (v *validator) cloudNativePG(field string, d *DatabaseSpec) {
	if d.ImageCatalogRef == nil && MajorRelease(ImageTag(d.Image)) == 0 {
		v.errorf(field+".image", "must have a tag that starts with the version of PostgreSQL, from which CloudNativePG tells what an update is; got %q", d.Image)
	}
	if d.PodTemplate != nil {
		v.errorf(field+".podTemplate", "must be left out with engine: CloudNativePG, which makes its pods itself: patch the Cluster that is rendered, with kustomize for instance")
	}
	ref := d.Credentials.SecretRef
	if ref == nil {
		return
	}
	v.conventionalKey(field, "username", ref.Keys.Username)
	v.conventionalKey(field, "password", ref.Keys.Password)
}

func (v *validator) conventionalKey(field, want, got string) {
	if got != want {
		v.errorf(field+".credentials.secretRef.keys."+want, "must be %s, which is the key that CloudNativePG reads", want)
	}
}
