package fn

import (
	"encoding/json"
	"errors"

	corev1 "k8s.io/api/core/v1"
)

// secret is a Secret, as far as the items tell what it will hold.
type secret struct {
	id identity
	// values are those of a plain Secret, decoded.
	values map[string]string
	// keys are those that a controller will fill in.
	keys map[string]bool
	// open tells that there may be others.
	open bool
}

func (s *secret) has(key string) bool { return s.values[key] != "" || s.keys[key] || s.open }

// secretOf is the Secret that an item is, or that a controller makes of it; for
// any other item it is nothing.
func secretOf(i *item) identity {
	made := identity{kind: "Secret", namespace: i.id.namespace, name: i.id.name}
	switch (identity{group: i.id.group, kind: i.id.kind}) {
	case identity{kind: "Secret"}, identity{group: "bitnami.com", kind: "SealedSecret"}:
		return made
	case identity{group: "external-secrets.io", kind: "ExternalSecret"}:
		if name, err := i.view().GetString("spec.target.name"); err == nil && name != "" {
			made.name = name
		}
		return made
	default:
		return identity{}
	}
}

func readSecret(i *item) (*secret, error) {
	data, err := i.view().MarshalJSON()
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	switch i.id.kind {
	case "SealedSecret":
		return readSealedSecret(i, data)
	case "ExternalSecret":
		return readExternalSecret(i, data)
	default:
		return readPlainSecret(i, data)
	}
}

// readPlainSecret merges data and stringData as an API server does. A decoder's
// error might quote a value, so it is dropped.
func readPlainSecret(i *item, data []byte) (*secret, error) {
	var object corev1.Secret
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, errors.New("data must map keys to base64 text, and stringData to plain text")
	}
	values := map[string]string{}
	for key, value := range object.Data {
		values[key] = string(value)
	}
	for key, value := range object.StringData {
		values[key] = value
	}
	return &secret{id: i.id, values: values}, nil
}

func readSealedSecret(i *item, data []byte) (*secret, error) {
	var object struct {
		Spec struct {
			Template      struct{ Data map[string]string }
			EncryptedData map[string]string
		}
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, errors.New("spec must have encryptedData, and a template, of text")
	}
	keys := map[string]bool{}
	for key := range object.Spec.EncryptedData {
		keys[key] = true
	}
	for key := range object.Spec.Template.Data {
		keys[key] = true
	}
	return &secret{id: i.id, keys: keys}, nil
}

// readExternalSecret follows the operator: a template with data replaces what
// was fetched, unless it is to be merged with it.
func readExternalSecret(i *item, data []byte) (*secret, error) {
	var object struct {
		Spec struct {
			Target struct {
				Template struct {
					Data         map[string]string
					TemplateFrom []any
					MergePolicy  string
				}
			}
			Data     []struct{ SecretKey string }
			DataFrom []any
		}
	}
	if err := json.Unmarshal(data, &object); err != nil {
		return nil, errors.New("spec must have data, dataFrom and a target as the ExternalSecret API says")
	}
	spec, template := object.Spec, object.Spec.Target.Template
	keys := map[string]bool{}
	for key := range template.Data {
		keys[key] = true
	}
	replaced := len(template.Data)+len(template.TemplateFrom) > 0 && template.MergePolicy != "Merge"
	if !replaced {
		for _, entry := range spec.Data {
			keys[entry.SecretKey] = true
		}
	}
	open := len(template.TemplateFrom) > 0 || len(spec.DataFrom) > 0 && !replaced
	return &secret{id: i.id, keys: keys, open: open}, nil
}
