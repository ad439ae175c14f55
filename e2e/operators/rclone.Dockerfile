# The contract of the official image: the static program, certificates, and a shell.
FROM mini/base:1
COPY rclone /usr/local/bin/rclone
WORKDIR /data
ENTRYPOINT ["rclone"]
