#!/usr/bin/env bash
# Installs the build into a folder of its own and uses what stands there: the program finds its plugins, and every one of
# them loads. Then the SDK does: what docs/plugins.md says is done, and a plugin of each kind is made outside this tree.
set -euo pipefail
build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >/dev/null
program=$prefix/bin/overture
"$program" --version
listing=$(env -u OVERTURE_PLUGINS "$program" plugin list)
printf '%s\n' "$listing"
for manifest in "$source"/plugins/channels/*/plugin.json "$source"/plugins/providers/*/*/plugin.json; do
    plugin=$(basename "$(dirname "$manifest")")
    grep -Eq "^ *$plugin .*loaded" <<<"$listing" || { echo "the installed program did not load $plugin"; exit 1; }
done
"$program" playbook check "$prefix/share/overture/playbooks/solar-consult"

# The SDK: a new plugin's project builds outside this tree, passes its own test, and keeps every rule.
mkdir "$prefix/away"
cd "$prefix/away"
# docs/plugins.md word for word: its first commands make a carrier, build it, test it and hold it against the rules.
guide=$(sed -n '/^## From nothing to a carrier$/,/^## /p' "$source/docs/plugins.md" | sed -n '/^```sh$/,/^```$/p' | grep -v '^```')
[ "$(wc -l <<<"$guide")" -ge 4 ] || { echo "docs/plugins.md shows no commands any more"; exit 1; }
PATH=$prefix/bin:$PATH CMAKE_PREFIX_PATH=$prefix CXXFLAGS='-Wall -Wextra -Werror' bash -euo pipefail -c "$guide
overture plugin list --plugins build | grep '^acme-sms 0.1.0  loaded'"

for made in acme-model:model.chat/1 acme-notes:channel.message/1 acme-registry:registry.numbers/1; do
    name=${made%%:*}
    "$program" plugin new "$name" --capability "${made#*:}"
    ! grep -rnE '@[a-z]+@|[aA]cme[^-A-Z]' "$name" --include=CMakeLists.txt --include=README.md || { echo "$name: not all was filled in"; exit 1; }
    cmake -G Ninja -S "$name" -B "$name/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS=-Wall\ -Wextra\ -Werror >/dev/null
    cmake --build "$name/build" -j2 >/dev/null
    ctest --test-dir "$name/build" --output-on-failure
    "$program" plugin check "$name/build/$name"
    "$program" plugin doc "$name/build/$name" | grep -q "^\`$name\` 0.1.0"
done
! "$program" plugin new other --capability calendar/9 || { echo "a draft of nothing was made"; exit 1; }
lines=$(wc -l <acme-sms/carrier.cpp)
[ "$lines" -le 120 ] || { echo "the example has $lines lines; a carrier is to be 120 at most"; exit 1; }
flags=$(PKG_CONFIG_PATH=$(find "$prefix" -name pkgconfig) pkg-config --cflags overture-sdk)
# shellcheck disable=SC2086
echo '#include <overture/overture.h>' | cc -fsyntax-only $flags -x c -
