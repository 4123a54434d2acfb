#!/usr/bin/env bash
# Breaks a copy of the ABI's headers in every way that a recorded level forbids, and expects scripts/check_abi to say so; and grows
# it in the ways that are allowed.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

copy() {
    rm -rf "$work/abi"
    cp -r plugins/sdk/abi "$work/abi"
}
# refused SENTENCE HEADER SED_SCRIPT
refused() {
    copy
    sed -i -E "$3" "$work/abi/overture/$2"
    ! cmp -s "plugins/sdk/abi/overture/$2" "$work/abi/overture/$2" || { echo "nothing was changed by $3"; status=1; return; }
    local said
    if said=$(scripts/check_abi "$work/abi" 2>&1); then
        echo "taken, though it had to be refused ($1): $2 $3"; status=1
    elif ! grep -qE -- "$1" <<<"$said"; then
        echo "refused, but not because \"$1\": $said"; status=1
    fi
}
taken() {
    local said
    said=$(scripts/check_abi "$work/abi" 2>&1) || { echo "refused, though it had to be taken: $said"; status=1; }
}
# A slot of the same type as all the others of its table.
slot() { printf 'overture_outcome_t (*%s)(overture_instance_t* instance, const overture_call_t* call, overture_text_t request, const overture_reply_t* reply);' "$1"; }

level=$(cd plugins/sdk/abi/levels && printf '%s\n' * | sort -V | tail -1)
raise="s/(OVERTURE_ABI_MINOR) .*/\\1 $((${level#*.} + 1))/"

refused 'overture_carrier_message.lookup has moved from byte 16 to 24' carrier_message.h "s/^(    overture_outcome_t \(\*lookup)/    $(slot early)\n\1/"
refused 'overture_http_header.name has moved from byte 0 to 16' host_http.h '/^typedef struct overture_http_header/,/^}/{/name;/d;s/(    overture_text_t) value;/\1 value;\n\1 name;/}'
refused 'overture_host_clock.now was "int64_t\(const overture_host_t\*\)" .* is "int32_t' host_clock.h 's/int64_t \(\*now/int32_t (*now/'
refused 'overture_reply.retry_after was "void\(const overture_reply_t\*, int64_t\)"' call.h 's/int64_t milliseconds/int32_t milliseconds/'
refused 'overture_host_log.write is gone' host_log.h 's/\(\*write\)/(*line)/'
refused 'overture_host.abi_minor is gone' host.h '/uint32_t abi_minor;/d'
refused 'overture_text has grown from 16 to 24 bytes .* no .size.' text.h 's/^    size_t size;/    size_t size;\n    int64_t kind;/'
refused 'overture_call.flags lies within the 16 bytes' call.h 's/^(    int64_t deadline_ms;)/    uint32_t flags;\n\1/'
refused 'OVERTURE_UNKNOWN was 7 in level 1.0 and is 8' outcome.h 's/OVERTURE_UNKNOWN = 7/OVERTURE_UNKNOWN = 8/'
refused 'OVERTURE_CANCELLED is gone' outcome.h '/OVERTURE_CANCELLED/d'
refused 'OVERTURE_HOST_HTTP was "host.http/1" .* is "host.http/2"' host_http.h 's,host.http/1",host.http/2",'
refused 'overture_outcome_t was int32_t .* is int64_t' outcome.h 's/typedef int32_t/typedef int64_t/'
refused 'entry was .* is const overture_entry_t\* overture_plugin_entry_v2' entry.h 's/(OVERTURE_EXPORT .*)_v1/\1_v2/'
refused 'overture_model_embed.count is new since level [0-9.]+ was recorded: raise OVERTURE_ABI_MINOR' model_embed.h "s/^} overture_model_embed_t/    $(slot count)\n&/"
refused 'OVERTURE_HTTP_AGAIN is new' host_http.h 's/^(    OVERTURE_HTTP_NOT_SENT)/    OVERTURE_HTTP_AGAIN = 9,\n\1/'
refused 'do not compile' call.h 's/int64_t deadline_ms;/no_such_type deadline_ms;/'
refused 'level [0-9.]+ is not recorded' entry.h "$raise"
refused 'a minor does not go back' entry.h 's/(OVERTURE_ABI_MINOR) .*/\1 0/'

# A new minor may grow a table at its end, and have new constants; once recorded, it is held to as well.
copy
sed -i -E "$raise" "$work/abi/overture/entry.h"
sed -i -E "s/^} overture_model_embed_t/    $(slot count)\n&/" "$work/abi/overture/model_embed.h"
sed -i -E 's/^(    OVERTURE_HTTP_NOT_SENT)/    OVERTURE_HTTP_AGAIN = 9,\n\1/' "$work/abi/overture/host_http.h"
scripts/check_abi --record "$work/abi" >/dev/null
taken
! scripts/check_abi --record "$work/abi" >/dev/null 2>&1 || { echo "a recorded level was written anew"; status=1; }
sed -i -E '/OVERTURE_HTTP_AGAIN/d' "$work/abi/overture/host_http.h"
! scripts/check_abi "$work/abi" >/dev/null || { echo "the new level is not held to"; status=1; }
exit $status
