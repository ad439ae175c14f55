// Reconnect is a client of PostgreSQL that connects, asks and disconnects, again and
// again until it is killed: with the server of DATABASE_URL or, by the same credentials,
// with the address that is its argument. It prints a line for each attempt.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	pause = 10 * time.Millisecond
	// greeting is the time for a machine to take a connection: the address of a pod that is
	// gone answers nothing, not even a refusal.
	greeting = time.Second
	// patience is for a server that took it: one that is slow refuses nobody.
	patience = 10 * time.Second
)

// attempt is a line of the output.
type attempt struct {
	Began, Ended time.Time
	Error        string
}

func main() {
	fmt.Fprintln(os.Stderr, "reconnect:", reconnect(os.Args[1:]))
	os.Exit(1)
}

// reconnect returns when it cannot go on.
func reconnect(args []string) error {
	config, err := pgconn.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	if len(args) > 0 {
		config.Host = args[0]
	}
	config.DialFunc = (&net.Dialer{Timeout: greeting}).DialContext
	for lines := json.NewEncoder(os.Stdout); ; time.Sleep(pause) {
		if err := lines.Encode(try(config)); err != nil {
			return err
		}
	}
}

// try is one attempt, which is no success before the server has answered a query.
func try(config *pgconn.Config) attempt {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	a := attempt{Began: time.Now()}
	err := ask(ctx, config)
	a.Ended = time.Now()
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

func ask(ctx context.Context, config *pgconn.Config) error {
	connection, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close(ctx) }()
	_, err = connection.Exec(ctx, "SELECT 1").ReadAll()
	return err
}
