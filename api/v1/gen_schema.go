//go:build ignore

// Writes schema.json, the JSON schema of a BanhBaoRingCluster, from its CRD, and
// decode.json, the same without descriptions. An API server prunes unknown fields
// and knows metadata by itself; an editor and a render know neither, so both are
// spelled out here.
package main

import (
	"encoding/json"
	"log"
	"math"
	"os"

	"sigs.k8s.io/yaml"
)

func main() {
	crd, err := os.ReadFile("crd/banhbaoring.io_banhbaoringclusters.yaml")
	if err != nil {
		log.Fatal(err)
	}
	var definition struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema map[string]any `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(crd, &definition); err != nil {
		log.Fatal(err)
	}
	schema := definition.Spec.Versions[0].Schema.OpenAPIV3Schema
	closeObjects(schema)
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "BanhBaoRingCluster"
	schema["properties"].(map[string]any)["metadata"] = metadata()
	out, err := json.MarshalIndent(schema, "", " ")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("schema.json", append(out, '\n'), 0o644); err != nil {
		log.Fatal(err)
	}
	// What Decode validates with: read anew by each process, so without the words.
	schema["properties"].(map[string]any)["status"] = map[string]any{}
	dropDescriptions(schema)
	if out, err = json.Marshal(schema); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("decode.json", append(out, '\n'), 0o644); err != nil {
		log.Fatal(err)
	}
}

// dropDescriptions keeps a property of that name, which is no text.
func dropDescriptions(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, isText := value["description"].(string); isText {
			delete(value, "description")
		}
		for _, member := range value {
			dropDescriptions(member)
		}
	case []any:
		for _, element := range value {
			dropDescriptions(element)
		}
	}
}

// closeObjects forbids unknown fields below schema, except where they are
// preserved, turns the CRD's int-or-string into what a quantity may be in YAML
// (1, 0.5 or 512Mi), and states the range of an int32.
func closeObjects(schema map[string]any) {
	if schema["x-kubernetes-int-or-string"] == true {
		delete(schema, "anyOf")
		delete(schema, "x-kubernetes-int-or-string")
		schema["type"] = []string{"number", "string"}
	}
	if schema["format"] == "int32" {
		delete(schema, "format")
		if schema["maximum"] == nil {
			schema["maximum"] = math.MaxInt32
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	if properties != nil && schema["x-kubernetes-preserve-unknown-fields"] != true {
		schema["additionalProperties"] = false
	}
	delete(schema, "x-kubernetes-preserve-unknown-fields")
	if issuer, ok := properties["issuer"].(map[string]any); ok {
		properties["issuer"] = nameOrObject(issuer["description"])
	}
	for _, property := range properties {
		closeObjects(property.(map[string]any))
	}
	for _, key := range []string{"additionalProperties", "items"} {
		if nested, ok := schema[key].(map[string]any); ok {
			closeObjects(nested)
		}
	}
}

// nameOrObject is a reference to an issuer, which a CRD cannot describe: its
// schema has one type for each field.
func nameOrObject(description any) map[string]any {
	text := map[string]any{"type": "string", "minLength": 1}
	return map[string]any{
		"description": description,
		"type":        []string{"string", "object"},
		"properties":  map[string]any{"name": text, "kind": text, "group": text},
		"required":    []string{"name"},
		"minLength":   1,
	}
}

// metadata is the part of ObjectMeta that a person writes.
func metadata() map[string]any {
	text := map[string]any{"type": "string"}
	texts := map[string]any{"type": "object", "additionalProperties": text}
	return map[string]any{
		"type": "object",
		"properties": map[string]any{
			"name": text, "namespace": text, "labels": texts, "annotations": texts,
		},
		"required": []string{"name"},
	}
}
