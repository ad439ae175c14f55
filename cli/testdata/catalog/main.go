// Command catalog does what set-namespace and set-annotations of kpt's catalog do,
// for tests without a registry: the part of their behaviour that other functions
// of a pipeline can see.
package main

import (
	"log"
	"os"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func main() {
	var config struct{ Data map[string]string }
	source := &kio.ByteReadWriter{Reader: os.Stdin, Writer: os.Stdout, KeepReaderAnnotations: true}
	process := framework.ResourceListProcessorFunc(func(list *framework.ResourceList) error {
		if err := framework.LoadFunctionConfig(list.FunctionConfig, &config); err != nil {
			return err
		}
		for _, item := range list.Items {
			if err := change(item, filepath.Base(os.Args[0]), config.Data); err != nil {
				return err
			}
		}
		return nil
	})
	if err := framework.Execute(process, source); err != nil {
		log.Fatal(err)
	}
}

// change gives an item the namespace or the annotations. A Kptfile stays as it is.
func change(item *yaml.RNode, function string, data map[string]string) error {
	switch {
	case item.GetKind() == "Kptfile":
		return nil
	case function == "set-namespace":
		return item.SetNamespace(data["namespace"])
	}
	annotations := item.GetAnnotations()
	for key, value := range data {
		annotations[key] = value
	}
	return item.SetAnnotations(annotations)
}
