// Package v1 is the BanhBaoRingCluster API as generate-data-layer reads it: the
// types of the sections it owns, their defaults, and their validation. The
// sections of other tools are carried along untouched.
//
// The doc comments and markers of the types are the single source of the CRD,
// of the JSON schema that editors and Decode use, and of the field reference.
//
// +groupName=banhbaoring.io
// +versionName=v1
package v1

//go:generate controller-gen crd:maxDescLen=2000 paths=. output:crd:dir=crd
//go:generate go run gen_schema.go
