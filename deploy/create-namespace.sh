#!/bin/sh
# Creates the namespace with a retention, or gives an existing one that retention. Safe to run again.
set -eu

attempt=1
until temporal operator cluster health --address "$TEMPORAL_ADDRESS"; do
  [ "$attempt" -lt 30 ] || { echo "Temporal at $TEMPORAL_ADDRESS did not become healthy" >&2; exit 1; }
  attempt=$((attempt + 1))
  sleep 2
done

namespace() { verb=$1; shift; temporal operator namespace "$verb" --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE" "$@"; }

if namespace describe >/dev/null 2>&1; then
  namespace update --retention "$RETENTION"
else
  namespace create --retention "$RETENTION"
fi
