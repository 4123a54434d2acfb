# Shared by the scripts of this folder: where the project is, one way to speak, one way to build. Sourced, not run.
# shellcheck shell=bash
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(basename "$0")

say() { printf '%s\n' "$*" >&2; }
die() {
    printf '%s: %s\n' "$program" "$*" >&2
    exit 1
}

# As many compilers at once as there are processors, and no more than fit into memory (1.5 GB each).
build_jobs() {
    local processors fit
    processors=$(nproc)
    fit=$(awk '/^MemAvailable:/ { print int($2 / 1500000) }' /proc/meminfo)
    if [ "${fit:-1}" -lt 1 ]; then fit=1; fi
    if [ "$processors" -lt "$fit" ]; then echo "$processors"; else echo "$fit"; fi
}

# build PRESET [CMAKE OPTION…]: configures and builds quietly; shows one line of progress, or what the compiler said.
# The options count only for the first configuration, so that a developer's own choice stays. With `only` set, that target
# alone is built.
build() {
    local preset=$1
    local targets=()
    if [ -n "${only:-}" ]; then targets=("$only"); fi
    shift
    local folder=$root/build/$preset
    local log=$folder/build.log
    mkdir -p "$folder"
    if [ ! -e "$folder/build.ninja" ]; then
        say "Configuring $preset …"
        if ! (cd "$root" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
            grep -A8 -E 'CMake Error|^ERROR' "$log" >&2 || tail -n 20 "$log" >&2
            die "cmake could not configure preset \"$preset\"; the whole log is $log"
        fi
    fi
    if ! NINJA_STATUS='[%f/%t] ' ninja -C "$folder" -j "$(build_jobs)" "${targets[@]}" 2>&1 | tee "$log" | show_progress "$preset"; then
        # After "FAILED:" ninja repeats the whole command, which nobody reads; then comes what the compiler said.
        awk '/^FAILED: / { print; shown = 1; getline; next } /^\[[0-9]+\/[0-9]+\] / { shown = 0 } shown' "$log" >&2
        die "the build of preset \"$preset\" failed; the whole log is $log"
    fi
}

# Turns ninja's lines into one line that counts (on a terminal) or one line at the start (elsewhere).
show_progress() {
    local preset=$1 live=no line steps last=
    if [ -t 2 ] && [ -z "${CI:-}" ]; then live=yes; fi
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] && $line != *"Re-checking globbed"* ]] || continue
        steps="${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
        if [ "$live" = yes ]; then
            printf '\rBuilding %s: %s ' "$preset" "$steps" >&2
        elif [ -z "$last" ]; then
            say "Building $preset: ${BASH_REMATCH[2]} steps …"
        fi
        last=$steps
    done
    if [ "$live" = yes ] && [ -n "$last" ]; then printf '\r\033[K' >&2; fi
}
