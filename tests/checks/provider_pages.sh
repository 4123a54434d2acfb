#!/usr/bin/env bash
# Every provider has its page, and the page says what plugin.json says. Usage: provider_pages.sh OVERTURE
set -euo pipefail
program=$1
cd "$(dirname "$0")/../.."
status=0 pages=0
for manifest in plugins/providers/*/*/plugin.json; do
    folder=$(dirname "$manifest")
    page=docs/providers/$(basename "$folder").md
    pages=$((pages + 1))
    "$program" plugin doc "$folder" --into "$page" --check || status=1
done
[ "$pages" -gt 10 ] || { echo "only $pages providers were found"; status=1; }

# And the check sees a page that does not, and one without a place for it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed 's/| `account_sid` |/| `account` |/' docs/providers/twilio.md >"$work/other.md"
echo '# nothing' >"$work/none.md"
for page in other none; do
    ! "$program" plugin doc plugins/providers/carrier/twilio --into "$work/$page.md" --check 2>/dev/null ||
        { echo "a wrong page was taken: $page"; status=1; }
done
"$program" plugin doc plugins/providers/carrier/twilio --into "$work/other.md" >/dev/null
cmp "$work/other.md" docs/providers/twilio.md || status=1
exit $status
