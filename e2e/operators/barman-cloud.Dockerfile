# The sidecar of the Barman Cloud plugin calls Barman's own programs.
FROM mini/base:1
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends barman-cli-cloud python3-boto3
COPY manager /manager
USER 26:26
ENTRYPOINT ["/manager"]
