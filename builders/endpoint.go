package builders

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Endpoint is where a service answers: the parts of its URL that are no secret.
type Endpoint struct {
	Host string
	Port int
	// Database is PostgreSQL's alone, as is SSLMode, which is empty where the
	// URL leaves it to the client.
	Database string
	SSLMode  string
	// TLS is Redis's.
	TLS bool
}

// ParseDatabaseURL reads postgres://user:password@host:port/database?sslmode=….
// The errors, here and in ParseRedisURL, say what is wrong with the URL and
// never repeat any of it, for it holds a password.
func ParseDatabaseURL(text string) (*Endpoint, error) {
	u, err := parseURL(text, 5432, "postgres", "postgresql")
	if err != nil {
		return nil, err
	}
	endpoint := u.endpoint
	endpoint.Database = strings.TrimPrefix(u.Path, "/")
	if endpoint.Database == "" || strings.Contains(endpoint.Database, "/") {
		return nil, errors.New("must name the database: postgres://user:password@host:port/database")
	}
	endpoint.SSLMode = u.Query().Get("sslmode")
	modes := []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}
	if endpoint.SSLMode != "" && !slices.Contains(modes, endpoint.SSLMode) {
		return nil, fmt.Errorf("has an unknown sslmode: use one of %s", strings.Join(modes, ", "))
	}
	return &endpoint, nil
}

// ParseRedisURL reads redis://[user:password@]host:port[/number], or rediss://.
func ParseRedisURL(text string) (*Endpoint, error) {
	u, err := parseURL(text, redisPort, "redis", "rediss")
	if err != nil {
		return nil, err
	}
	number := strings.Trim(u.Path, "/")
	if _, err := strconv.ParseUint(number, 10, 16); number != "" && err != nil {
		return nil, errors.New("must have a number as its database: redis://host:port/0")
	}
	endpoint := u.endpoint
	endpoint.TLS = u.Scheme == "rediss"
	return &endpoint, nil
}

// serviceURL is a URL and the endpoint in it.
type serviceURL struct {
	*url.URL
	endpoint Endpoint
}

func parseURL(text string, defaultPort int, schemes ...string) (*serviceURL, error) {
	if strings.TrimSpace(text) != text {
		return nil, errors.New("has white space around it, such as a line end: remove it")
	}
	// The error of url.Parse is dropped on purpose: it quotes the URL.
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("is not a URL: it must be %s://user:password@host:port, with special characters of the password percent-encoded", schemes[0])
	}
	if !slices.Contains(schemes, u.Scheme) {
		return nil, fmt.Errorf("must start with %s://", strings.Join(schemes, ":// or "))
	}
	if u.Hostname() == "" {
		return nil, errors.New("must name a host")
	}
	if u.Port() == "" {
		return &serviceURL{u, Endpoint{Host: u.Hostname(), Port: defaultPort}}, nil
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil || port < 1 || port > 65535 {
		return nil, errors.New("must have a port between 1 and 65535")
	}
	return &serviceURL{u, Endpoint{Host: u.Hostname(), Port: port}}, nil
}
