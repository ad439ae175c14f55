// Command generate-data-layer is a KRM function that turns a BanhBaoRingCluster
// into its PostgreSQL and Redis.
package main

func main() {}
