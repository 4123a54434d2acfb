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
