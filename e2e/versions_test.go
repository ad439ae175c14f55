package e2e

import (
	"regexp"
	"strings"
)

// tellVersions has the report name what the tests ran on. The servers are asked, since
// without a registry their images hold another version than they are named for.
func (c cluster) tellVersions(postgres, redis string) {
	c.t.Helper()
	controllers := []struct{ name, namespace, deployment string }{
		{"CloudNativePG", "cnpg-system", "cnpg-controller-manager"},
		{"plugin-barman-cloud", "cnpg-system", "barman-cloud"},
		{"cert-manager", "cert-manager", "cert-manager"},
		{"sealed-secrets", "kube-system", "sealed-secrets-controller"},
	}
	for _, controller := range controllers {
		image := c.command("", "kubectl", "--namespace", controller.namespace, "get", "deployment", controller.deployment,
			"--output=jsonpath={.spec.template.spec.containers[0].image}")
		c.t.Attr(controller.name, version(`:v?([0-9][^@]*)`, image))
	}
	c.t.Attr("Kubernetes", version(`"gitVersion": *"v([^"]*)"`, c.kubectl("get", "--raw", "/version")))
	c.t.Attr("prometheus-operator", c.kubectl("get", "customresourcedefinition", "podmonitors.monitoring.coreos.com",
		`--output=jsonpath={.metadata.annotations.operator\.prometheus\.io/version}`))
	c.t.Attr("PostgreSQL", strings.TrimSpace(c.psql(postgres, "SHOW server_version")))
	c.t.Attr("Redis", version(`redis_version:([0-9.]*)`, c.exec(redis, "", "redis-cli", "info", "server")))
}

// version returns what a pattern finds, or all where it finds nothing.
func version(pattern, text string) string {
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		return text
	}
	return found[1]
}
