#!/usr/bin/env bash
# What proves a webhook is compared in constant time: whoever computes an HMAC for a webhook, or holds a token, uses sameSecret, and
# none of them compares a digest with == or !=.
set -euo pipefail
cd "$(dirname "$0")/../.."
status=0 seen=0
for folder in plugins/providers/carrier/*/ plugins/sdk/template/acme/; do
    grep -rqE '\bhmacSha(1|256)\(|[tT]oken' "$folder" --include='*.cpp' || continue
    grep -rqE '\bwebhook\(' "$folder" --include='*.hpp' --include='*.cpp' || continue
    case $folder in */sim/) continue ;; esac # simulated people sign for nobody
    if grep -rqE '\bhmacSha(1|256)\(|webhook_token' "$folder" --include='*.cpp'; then
        seen=$((seen + 1))
        grep -rq 'sameSecret(' "$folder" --include='*.cpp' || { echo "$folder proves webhooks and does not use sameSecret"; status=1; }
    fi
    if grep -rnE '(==|!=)[^;]*(hmacSha|toHex\(|\*token_|[sS]ignature\b)|(hmacSha|\*token_)[^;]*(==|!=)' "$folder" --include='*.cpp'; then
        echo "$folder compares a proof with == or !="
        status=1
    fi
done
[ "$seen" -ge 4 ] || { echo "only $seen carriers that prove webhooks were found"; status=1; }
exit $status
