#!/bin/sh
# Writes compose.lock.yml, which names every image by the digest that its tag has in the registry now, so that the same
# bytes run until this is called again. Needs Docker and the network; changes nothing when one image can't be had.
set -eu
cd "$(dirname "$0")/.."

digest() {
    docker pull --quiet "$1" >&2
    docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" | grep "^${1%:*}@sha256:" | head -n 1 \
        | grep . || { echo "No digest of $1 is known here." >&2; return 1; }
}

lock=$(mktemp .compose.lock.XXXXXX)
trap 'rm -f "$lock"' EXIT
python=$(digest "$(sed -n 's/^ARG PYTHON=//p' Dockerfile)")
{
    echo "# Written by deploy/lock_images.sh on $(date -u +%F)."
    echo "services:"
    printf '  migrate:\n    build: {context: ., args: {PYTHON: "%s"}}\n' "$python"
} >"$lock"
awk '/^services:/ {inside = 1} /^[a-z]/ && !/^services:/ {inside = 0}
     inside && /^  [a-z]+:$/ {part = substr($1, 1, length($1) - 1)}
     inside && /^    image: / {print part, $2}' docker-compose.yml |
while read -r part image; do
    found=$(digest "$image") || exit 1
    printf '  %s: {image: "%s"}\n' "$part" "$found" >>"$lock"
done
chmod 0644 "$lock"
mv "$lock" compose.lock.yml
trap - EXIT
cat compose.lock.yml
