package builders

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDatabaseURL(t *testing.T) {
	tests := map[string]struct {
		url  string
		want *Endpoint
		err  string
	}{
		"everything":       {url: "postgres://me:pw@db.example.com:6432/keys?sslmode=require", want: &Endpoint{Host: "db.example.com", Port: 6432, Database: "keys", SSLMode: "require"}},
		"the longer name":  {url: "postgresql://db/keys", want: &Endpoint{Host: "db", Port: 5432, Database: "keys"}},
		"escapes":          {url: "postgres://me:%40%3A%2F@db/keys", want: &Endpoint{Host: "db", Port: 5432, Database: "keys"}},
		"IPv6":             {url: "postgres://me:pw@[::1]:5433/keys", want: &Endpoint{Host: "::1", Port: 5433, Database: "keys"}},
		"no scheme":        {url: "db.example.com/keys", err: "must start with postgres:// or postgresql://"},
		"no host":          {url: "postgres:///keys", err: "must name a host"},
		"no database":      {url: "postgres://db", err: "must name the database: postgres://user:password@host:port/database"},
		"two databases":    {url: "postgres://db/a/b", err: "must name the database: postgres://user:password@host:port/database"},
		"port 0":           {url: "postgres://db:0/keys", err: "must have a port between 1 and 65535"},
		"unknown sslmode":  {url: "postgres://db/keys?sslmode=on", err: "has an unknown sslmode: use one of disable, allow, prefer, require, verify-ca, verify-full"},
		"space at the end": {url: "postgres://db/keys ", err: "has white space around it, such as a line end: remove it"},
		"a bare %":         {url: "postgres://me:100%@db/keys", err: "is not a URL: it must be postgres://user:password@host:port, with special characters of the password percent-encoded"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseDatabaseURL(test.url)
			if diff := cmp.Diff(test.want, got); diff != "" || message(err) != test.err {
				t.Errorf("error %v, endpoint (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestParseRedisURL(t *testing.T) {
	tests := map[string]struct {
		url  string
		want *Endpoint
		err  string
	}{
		"a host":         {url: "redis://cache", want: &Endpoint{Host: "cache", Port: 6379}},
		"everything":     {url: "rediss://me:pw@cache:6380/3", want: &Endpoint{Host: "cache", Port: 6380, TLS: true}},
		"another scheme": {url: "http://cache", err: "must start with redis:// or rediss://"},
		"a name":         {url: "redis://cache/sessions", err: "must have a number as its database: redis://host:port/0"},
		"a high port":    {url: "redis://cache:65536", err: "must have a port between 1 and 65535"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseRedisURL(test.url)
			if diff := cmp.Diff(test.want, got); diff != "" || message(err) != test.err {
				t.Errorf("error %v, endpoint (-want +got):\n%s", err, diff)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
