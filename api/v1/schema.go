package v1

import _ "embed"

//go:embed schema.json
var schemaJSON []byte

// JSONSchema is the JSON schema of a BanhBaoRingCluster, for editors. Decode
// validates with the same one, but for the descriptions.
func JSONSchema() []byte { return schemaJSON }
