# pairproof itself, running its embedded sandbox. The container needs leave to make namespaces:
#   docker build -t pairproof . && docker run --rm -v "$PWD:/data" --security-opt seccomp=unconfined \
#     --security-opt apparmor=unconfined --cap-add SYS_ADMIN pairproof verify /data/pairs.jsonl -o /data/run
# `pairproof doctor` inside it says what the sandbox can isolate there.
ARG BASE_IMAGE=debian:trixie-slim
FROM ${BASE_IMAGE}
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN python3 -m venv /opt/pairproof && /opt/pairproof/bin/pip install -q '/src[parquet,zstd]'
WORKDIR /data
ENTRYPOINT ["/opt/pairproof/bin/pairproof"]
CMD ["doctor"]
