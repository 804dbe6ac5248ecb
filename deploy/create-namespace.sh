#!/bin/sh
# Creates the namespace if it is missing, and sets its retention. Safe to run again.
set -eu

try() {
  attempt=1
  until "$@"; do
    [ "$attempt" -lt 30 ] || { echo "gave up: $*" >&2; exit 1; }
    attempt=$((attempt + 1))
    sleep 2
  done
}

namespace() {
  verb=$1
  shift
  temporal operator namespace "$verb" --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE" "$@"
}

try temporal operator cluster health --address "$TEMPORAL_ADDRESS"
namespace describe >/dev/null 2>&1 || namespace create --retention "$RETENTION"
# A new namespace takes a moment to become visible, and the next service needs it.
try namespace update --retention "$RETENTION"
