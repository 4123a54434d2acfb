#!/usr/bin/env bash
# What scripts/setup and its neighbours do on machines unlike this one: programs of the system are played by stubs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
stubs=$(mktemp -d /tmp/overture-stubs.XXXXXX)
trap 'rm -rf "$stubs"' EXIT
export TMPDIR=$stubs
failed=0

stub() {
    printf '#!/bin/bash\n%s\n' "$2" >"$stubs/$1"
    chmod +x "$stubs/$1"
}
# Only what the scripts may count on: bash, coreutils, grep, sed, awk; no sudo unless a stub gives it.
for tool in bash env dirname basename pwd mktemp rm grep sed awk tail sort printf cat chmod nproc; do
    ln -sf "$(command -v "$tool")" "$stubs/$tool"
done
setup() { PATH=$stubs OVERTURE_SKIP_SETUP="${skip:-}" "$root/scripts/setup" "$@" 2>&1; }
expect() { # NAME STATUS TEXT ACTUAL_STATUS ACTUAL_TEXT
    if [ "$2" != "$4" ] || ! grep -qF -- "$3" <<<"$5"; then
        printf 'FAILED: %s\n  wanted status %s and "%s"\n  got status %s and: %s\n' "$1" "$2" "$3" "$4" "$5"
        failed=1
    fi
}
try() { # NAME STATUS TEXT COMMAND…
    local name=$1 wanted=$2 text=$3 said status=0
    shift 3
    said=$("$@") || status=$?
    expect "$name" "$wanted" "$text" "$status" "$said"
}

for script in "$root"/scripts/{lib.sh,setup,run,test,format,lint,coverage,chaos,watch_threads,check_layers,check_metrics,list_contracts,test_package} "$root/.ci/run"; do
    bash -n "$script" || failed=1
done
cd /
try "run shows its usage from anywhere" 0 'scripts/run PLAYBOOK_DIR --leads FILE.csv' "$root/scripts/run" --help
try "test shows its usage" 0 'scripts/test' "$root/scripts/test" --help

stub dpkg-query 'exit 1'
stub apt-get 'echo "$@" >>'"$stubs"'/apt.log'
stub id 'echo 1000'
try "no Debian" 1 'this is no Debian machine' env -i PATH=/nonexistent "$(command -v bash)" -c \
    'PATH='"$stubs"'; rm '"$stubs"'/dpkg-query; exec '"$root"'/scripts/setup run 2>&1'
stub dpkg-query 'exit 1'
try "neither root nor sudo" 1 'needs root or sudo. Ask for: apt-get install postgresql-15' setup run
skip=1 try "packages kept by others" 0 '' setup run

stub sudo 'shift 0; "$@"'
try "with sudo" 0 'Installing 1 Debian packages: gcovr' setup coverage
grep -q 'install.* gcovr' "$stubs/apt.log" || { echo "FAILED: apt-get was not asked for gcovr"; failed=1; }

stub apt-get 'echo "E: Unable to fetch some archives"; exit 100'
try "apt fails" 1 'apt-get update failed' setup coverage
try "apt's own reason is shown" 1 'E: Unable to fetch some archives' setup coverage

stub dpkg-query 'echo -n installed'
stub apt-get 'echo touched >>'"$stubs"'/touched'
try "nothing is missing" 0 '' setup
[ ! -e "$stubs/touched" ] || { echo "FAILED: apt-get was called though nothing was missing"; failed=1; }
try "a purpose that is none" 1 'there is no purpose "fun"' setup fun

if [ "$failed" = 0 ]; then echo "the scripts say what they should"; fi
exit "$failed"
