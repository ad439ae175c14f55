# Kills whatever runs in the container $1, at once and from outside, as the kernel
# does when memory runs out: within the container its first process is immune.
victims=
for process in /proc/[0-9]*; do
  if grep -qs "$1" "$process/cgroup"; then
    victims="$victims ${process#/proc/}"
  fi
done
# One kill for all, so that none sees another die. With the first process all others
# go, so some are no longer there; whether it worked shows in the pod.
# shellcheck disable=SC2086 # one argument for each process
kill -9 $victims 2>/dev/null || true
