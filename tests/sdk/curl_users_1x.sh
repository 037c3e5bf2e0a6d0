#!/usr/bin/env bash
# The users of version 1.4 by hand: upsert, find by id, user_id and email, pages, a whole scroll. Each recipe can be
# copied, and each answer is checked. Needs bash, curl and python3 (to read JSON); the binary is the argument.
set -euo pipefail

binary=${1:-target/debug/intercom-bulk}
folder=$(mktemp -d)
"$binary" sandbox serve --port 0 --lag 0 --api-version 1.4 > "$folder/ready" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null; wait "$sandbox" 2>/dev/null; rm -rf "$folder"' EXIT

fail() { printf 'curl_users_1x: %s\n' "$*" >&2; exit 1; }
# Reads JSON on stdin and prints what a Python expression makes of it, lists a line each.
json() { python3 -c 'import json, sys
it = eval(sys.argv[1], {"it": json.load(sys.stdin)})
print("\n".join(map(str, it)) if isinstance(it, list) else it)' "$1"; }
# same WHAT EXPECTED ACTUAL
same() { [ "$2" = "$3" ] || fail "$1: expected \`$2\`, got \`$3\`"; }
status() { curl -sS -o /dev/null -w '%{http_code}' "${headers[@]}" "$@"; }

tries=0
until [ -s "$folder/ready" ]; do
  kill -0 "$sandbox" 2>/dev/null && [ $((tries += 1)) -lt 500 ] || fail "the sandbox does not start"
  sleep 0.02
done
url=$(json 'it["url"]' < "$folder/ready")
headers=(-H "Authorization: Bearer $(json 'it["token"]' < "$folder/ready")" -H 'Accept: application/json' -H 'Content-Type: application/json')

# Upsert: the first request creates, the second one updates the same user and makes its company.
curl -sS "${headers[@]}" "$url/users" -d '{"user_id":"u-1","email":"Ann@Example.com","name":"Ann"}' > "$folder/created"
curl -sS "${headers[@]}" "$url/users" -d '{"user_id":"u-1","name":"Anna","companies":[{"company_id":"acme"}]}' > "$folder/updated"
id=$(json 'it["id"]' < "$folder/created")
same "an upsert keeps the user" "$id" "$(json 'it["id"]' < "$folder/updated")"
same "an upsert changes the name" Anna "$(json 'it["name"]' < "$folder/updated")"
same "an email is in lower case" ann@example.com "$(json 'it["email"]' < "$folder/updated")"
same "a company comes along" acme "$(json '[company["company_id"] for company in it["companies"]["companies"]]' < "$folder/updated")"

# Find: by Intercom's id, by your own, by email (a list, because several users may share one).
same "by id" Anna "$(curl -sS "${headers[@]}" "$url/users/$id" | json 'it["name"]')"
same "by user_id" Anna "$(curl -sS "${headers[@]}" "$url/users?user_id=u-1" | json 'it["name"]')"
same "by email" Anna "$(curl -sS "${headers[@]}" "$url/users?email=ann@example.com" | json '[user["name"] for user in it["users"]]')"
same "nobody by user_id" 404 "$(status "$url/users?user_id=nobody")"
same "nobody by email" 0 "$(curl -sS "${headers[@]}" "$url/users?email=nobody@example.com" | json 'it["total_count"]')"

# 129 more, in one run of curl.
for n in $(seq 2 130); do
  printf '%surl = "%s/users"\ndata = "{\\"user_id\\":\\"u-%s\\"}"\noutput = /dev/null\n' "${next:-}" "$url" "$n"
  next=$'next\n'
  printf 'header = "%s"\n' "${headers[1]}" "${headers[3]}" "${headers[5]}"
done > "$folder/config"
curl -sS --fail -K "$folder/config"

# Pages: `pages.next` is the URL of the next page, and null at the end.
next="$url/users?per_page=60" pages=0
while [ "$next" != None ]; do
  curl -sS "${headers[@]}" "$next" > "$folder/page"
  json '[user["user_id"] for user in it["users"]]' < "$folder/page" >> "$folder/paged"
  next=$(json 'it["pages"]["next"]' < "$folder/page")
  pages=$((pages + 1))
done
same "pages of 60" 3 "$pages"
same "users on all pages" 130 "$(sort -u "$folder/paged" | grep -c .)"

# Scroll: 100 at a time, under one parameter, until a page is empty. A workspace has one open at a time.
curl -sS "${headers[@]}" "$url/users/scroll" > "$folder/page"
scroll=$(json 'it["scroll_param"]' < "$folder/page")
same "a second scroll" 400 "$(status "$url/users/scroll")"
while [ "$(json 'len(it["users"])' < "$folder/page")" -gt 0 ]; do
  json '[user["user_id"] for user in it["users"]]' < "$folder/page" >> "$folder/scrolled"
  curl -sS "${headers[@]}" "$url/users/scroll?scroll_param=$scroll" > "$folder/page"
done
same "users of the whole scroll, each once" 130 "$(grep -c . "$folder/scrolled")"
same "users of the scroll and of the pages" "$(sort "$folder/paged")" "$(sort "$folder/scrolled")"
same "a new scroll" 200 "$(status "$url/users/scroll")"

echo "users of 1.4: upsert, find by id, user_id and email, $pages pages, a scroll of 130"
