#!/usr/bin/env bash
# Installs the build into a folder of its own and uses what stands there: the program finds its plugins, and every one of
# them loads.
set -euo pipefail
build=$1
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >/dev/null
program=$prefix/bin/overture
"$program" --version
listing=$(env -u OVERTURE_PLUGINS "$program" plugin list)
printf '%s\n' "$listing"
for plugin in sms email sim twilio smtp scripted openai openrouter anthropic gemini bedrock; do
    grep -Eq "^ *$plugin .*loaded" <<<"$listing" || { echo "the installed program did not load $plugin"; exit 1; }
done
"$program" playbook check "$prefix/share/overture/playbooks/solar-consult"

# The SDK: a new plugin's project builds outside this tree, passes its own test, and keeps every rule.
mkdir "$prefix/away"
cd "$prefix/away"
"$program" plugin new acme-sms
cmake -G Ninja -S acme-sms -B acme-sms/build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS=-Wall\ -Wextra\ -Werror >/dev/null
cmake --build acme-sms/build -j2 >/dev/null
ctest --test-dir acme-sms/build --output-on-failure
"$program" plugin check acme-sms/build/acme-sms
lines=$(wc -l <acme-sms/carrier.cpp)
[ "$lines" -le 120 ] || { echo "the example has $lines lines; a carrier is to be 120 at most"; exit 1; }
flags=$(PKG_CONFIG_PATH=$(find "$prefix" -name pkgconfig) pkg-config --cflags overture-sdk)
# shellcheck disable=SC2086
echo '#include <overture/overture.h>' | cc -fsyntax-only $flags -x c -
