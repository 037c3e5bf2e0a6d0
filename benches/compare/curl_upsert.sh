#!/usr/bin/env bash
# Upserts the users of an NDJSON file with curl under xargs: create, and on a conflict update the contact that it names.
# A throttled request is tried again as curl does it.
set -uo pipefail
export URL=$1

upsert() {
  ask() {
    curl -sS --retry 3 -H 'Authorization: Bearer compare' -H 'Accept: application/json' \
      -H 'Content-Type: application/json' -H 'Intercom-Version: 2.16' -d "$2" "${@:3}" "$URL/$1"
  }
  id=$(ask contacts "$1" | sed -n 's/.*already exists with id=\([0-9a-f]\{24\}\).*/\1/p')
  [ -z "$id" ] || ask "contacts/$id" "$1" -X PUT >/dev/null
}
export -f upsert
tr '\n' '\0' <"$2" | xargs -0 -n 1 -P 16 bash -c 'upsert "$1"' _
