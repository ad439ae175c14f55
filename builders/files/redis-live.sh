# A server that loads its data, waits for its master or cannot write to its disk
# is in trouble, not dead: killing it would only bring it back to where it was.
# NOAUTH fails: only a restart takes back a password that no client knows.
case "$(redis-cli -h 127.0.0.1 -p 6379 ping 2>&1)" in
PONG | LOADING* | MASTERDOWN* | MISCONF*) exit 0 ;;
*) exit 1 ;;
esac
