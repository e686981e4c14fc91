# pairproof itself. Driving an engine through its socket, which is root on the machine of that engine:
#   docker build -t pairproof . && docker run --rm -v "$PWD:/data" \
#     -v /var/run/docker.sock:/var/run/docker.sock pairproof verify --sandbox docker pairs.jsonl -o run
# With its embedded sandbox instead, which needs leave to make namespaces:
#   docker run --rm -v "$PWD:/data" --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#     --security-opt systempaths=unconfined --cap-add SYS_ADMIN pairproof verify pairs.jsonl -o run
# `pairproof doctor` inside it says what can be isolated there. Where no registry is reached:
#   pairproof images bootstrap && docker build --network host --build-arg BASE_IMAGE=pairproof/base:trixie .
ARG BASE_IMAGE=debian:trixie-slim
FROM ${BASE_IMAGE}
# Known while building alone; none is set and none stays unless given by --build-arg.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_TRUSTED_HOST
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends ca-certificates python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN python3 -m venv /opt/pairproof \
 && /opt/pairproof/bin/pip install -q --no-cache-dir '/src[parquet,zstd]' \
 && rm -rf /src
WORKDIR /data
ENTRYPOINT ["/opt/pairproof/bin/pairproof"]
CMD ["doctor"]
