package v1

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// parameters checks the settings of PostgreSQL as far as that goes without the
// server: what it does not know keeps it from starting.
func (v *validator) parameters(field string, parameters map[string]string) {
	name := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_$]*)*$`)
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		switch path := field + "." + key; {
		case !name.MatchString(key):
			v.errorf(path, "must be the name of a parameter: letters, digits and underscores, with a dot after that of an extension")
		case slices.Contains(reservedParameters(), strings.ToLower(key)):
			v.errorf(path, "must be left out, since it is set already, by the function or by CloudNativePG")
		case strings.ContainsFunc(parameters[key], isControl):
			v.errorf(path, "must be one line of text")
		}
	}
}

// config checks the directives of Redis in the same way.
func (v *validator) config(field string, config map[string]string) {
	name := regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	for _, key := range slices.Sorted(maps.Keys(config)) {
		switch path := field + "." + key; {
		case !name.MatchString(key):
			v.errorf(path, "must be the name of a directive: lower case letters, digits and dashes")
		case key == "requirepass" || key == "masterauth":
			v.errorf(path, plainTextPassword)
		case isReservedDirective(key):
			v.errorf(path, "must be left out, since %s sets it", setter(key))
		case strings.ContainsFunc(config[key], isControl):
			v.errorf(path, "must be one line of text")
		case slices.ContainsFunc(strings.Fields(config[key]), isOption):
			v.errorf(path, "must have no argument that begins with --, which Redis takes for the next directive")
		}
	}
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func isOption(word string) bool { return strings.HasPrefix(word, "--") }

// reservedParameters are those that CloudNativePG keeps to itself, for good
// reasons that hold without it too, and what would read other files.
func reservedParameters() []string {
	return []string{
		"include", "include_dir", "include_if_exists",
		"allow_system_table_mods", "archive_cleanup_command", "archive_command", "archive_mode",
		"bonjour", "bonjour_name", "cluster_name", "config_file", "data_directory",
		"data_sync_retry", "event_source", "external_pid_file", "hba_file", "hot_standby",
		"ident_file", "jit_provider", "listen_addresses", "log_destination", "log_directory",
		"log_file_mode", "log_filename", "log_rotation_age", "log_rotation_size",
		"log_truncate_on_rotation", "logging_collector", "pg_failover_slots.primary_dsn",
		"pg_failover_slots.standby_slot_names", "port", "primary_conninfo",
		"primary_slot_name", "promote_trigger_file", "recovery_end_command",
		"recovery_min_apply_delay", "recovery_target", "recovery_target_action",
		"recovery_target_inclusive", "recovery_target_lsn", "recovery_target_name",
		"recovery_target_time", "recovery_target_timeline", "recovery_target_xid",
		"restart_after_crash", "restore_command", "ssl", "ssl_ca_file", "ssl_cert_file",
		"ssl_crl_file", "ssl_dh_params_file", "ssl_ecdh_curve", "ssl_key_file",
		"ssl_passphrase_command", "ssl_passphrase_command_supports_reload",
		"ssl_prefer_server_ciphers", "stats_temp_directory", "synchronized_standby_slots",
		"synchronous_standby_names", "syslog_facility", "syslog_ident",
		"syslog_sequence_numbers", "syslog_split_messages", "temp_tablespaces",
		"unix_socket_directories", "unix_socket_group", "unix_socket_permissions",
	}
}

// setter says what to use in the place of a directive.
func setter(directive string) string {
	switch {
	case directive == "maxmemory":
		return "spec.redis.maxMemory"
	case directive == "maxmemory-policy":
		return "spec.redis.maxMemoryPolicy"
	case directive == "cluster-enabled":
		return "spec.redis.mode"
	case strings.HasPrefix(directive, "tls-"):
		return "spec.redis.tls"
	default:
		return "the function"
	}
}

// isReservedDirective tells whether another value would break what the function
// relies on: where the server listens, keeps its data, and finds its password.
func isReservedDirective(name string) bool {
	return slices.Contains([]string{
		"aclfile", "appendonly", "bind", "daemonize", "dir", "include", "logfile",
		"masterauth", "masteruser", "maxmemory", "maxmemory-policy", "pidfile", "port",
		"rename-command", "replicaof", "requirepass", "slaveof", "supervised", "unixsocket",
		"unixsocketperm", "user", "cluster-config-file", "cluster-enabled", "cluster-port",
		"cluster-preferred-endpoint-type", "cluster-replica-no-failover",
	}, name) || strings.HasPrefix(name, "tls-") || strings.HasPrefix(name, "cluster-announce-")
}
