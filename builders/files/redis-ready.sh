# redis-cli exits 0 on LOADING and NOAUTH too, so the answer itself must be PONG.
[ "$(redis-cli -h 127.0.0.1 -p 6379 ping)" = PONG ]
