package v1

import _ "embed"

var (
	//go:embed schema.json
	schemaJSON []byte
	//go:embed decode.json
	decodeJSON []byte
)

// JSONSchema is the JSON schema of a BanhBaoRingCluster, for editors. Decode
// validates with the same one, but for the descriptions.
func JSONSchema() []byte { return schemaJSON }
