# A server that loads its data, waits for its master, cannot write to its disk or
# asks for a password is there: killing it would only bring it back to where it was.
case "$(redis-cli -h 127.0.0.1 -p 6379 ${REDIS_TLS_DIR:+--tls --cacert "$REDIS_TLS_DIR/ca.crt"} ping 2>&1)" in
PONG | LOADING* | MASTERDOWN* | MISCONF* | NOAUTH*) exit 0 ;;
*) exit 1 ;;
esac
