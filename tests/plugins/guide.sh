#!/usr/bin/env bash
# Every line of the C++ in docs/plugins.md stands, but for the room before it, in the example that is built and tested.
set -euo pipefail
cd "$(dirname "$0")/../.."
example=plugins/sdk/template/acme/carrier.cpp
status=0 lines=0
while IFS= read -r line; do
    line="${line#"${line%%[![:space:]]*}"}"
    [ -n "$line" ] || continue
    lines=$((lines + 1))
    grep -qF -- "$line" "$example" || { echo "docs/plugins.md: not in $example: $line"; status=1; }
done < <(sed -n '/^```cpp$/,/^```$/p' docs/plugins.md | grep -v '^```')
[ "$lines" -gt 5 ] || { echo "docs/plugins.md shows no C++ any more"; status=1; }
exit $status
