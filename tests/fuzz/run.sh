#!/bin/sh
# Runs one fuzz target: run.sh OUT TARGET SECONDS. New inputs go to OUT; the
# seeds in corpus/ stay as they are.
set -eu
cd "$(dirname "$0")"
out=$1 target=$2 seconds=$3
found=$out/corpus/$target
mkdir -p "$found" "$out/failures"
log=$out/$target.log
if ! "$out/$target" -max_total_time="$seconds" -timeout=10 -max_len=4096 \
    -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$out/failures/$target-" "$found" "corpus/$target" \
    > "$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "$target: failed; see $log" >&2
    exit 1
fi
executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
echo "$target: clean, $executions executions, $coverage edges covered"
