#!/bin/sh
# The C++ unit tests under ASan+UBSan and under TSan, and a small R run under
# valgrind; says of each whether it was clean. Output goes to .build/.
#
#   tests/sanitize.sh [asan] [tsan] [valgrind]      default: all three
#
# clang throughout, for Faiss's loops: its OpenMP runtime tells TSan of its
# barriers (through libarcher), which GCC's does not: each would be a false race.
set -u
cd "$(dirname "$0")/.."
root=$PWD
status=0
[ $# -gt 0 ] || set -- asan tsan valgrind
[ -d ../shared ] && export CLUSTCR_SHARED="${CLUSTCR_SHARED:-$root/../shared}"

say() {
    if [ "$1" = 0 ]; then echo "$2: clean ($3)"; else
        echo "$2: NOT CLEAN, see $3" >&2
        status=1
    fi
}

# unit_tests NAME FLAGS: builds below .build/NAME.
unit_tests() {
    make -s -j"$(nproc)" -C tests/cpp OUT="$root/.build/$1" CXX=clang++ \
        CXXFLAGS="-O1 -gline-tables-only -fno-omit-frame-pointer $(echo $2)" \
        > ".build/$1.log" 2>&1
}

# The core's objects serve the fuzzers too (fuzzer-no-link). Threads that wait
# must not take the others' time.
asan() {
    unit_tests asan "-fsanitize=address,undefined,fuzzer-no-link
        -fno-sanitize-recover=all" &&
        ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 \
        LSAN_OPTIONS=suppressions=tests/sanitize/lsan.txt \
        UBSAN_OPTIONS=print_stacktrace=1 \
        OMP_WAIT_POLICY=passive OMP_NUM_THREADS=4 tests/cpp/run .build/asan 2 \
        >> .build/asan.log 2>&1
    say $? "ASan and UBSan" .build/asan.log
}

tsan() {
    archer=$(find /usr/lib/llvm-*/lib -name libarcher.so | tail -n 1)
    unit_tests tsan "-fsanitize=thread" &&
        OMP_TOOL_LIBRARIES="$archer" ARCHER_OPTIONS=verbose=1 \
        TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
        OMP_NUM_THREADS=4 tests/cpp/run .build/tsan 2 \
        >> .build/tsan.log 2>&1
    say $? "TSan" .build/tsan.log
}

valgrind() {
    tools/install
    # R's own leaks at its end are R's; errors and lost blocks of ours count.
    R_LIBS="$root/.build/library" OMP_NUM_THREADS=1 R --vanilla -s \
        -d "valgrind -q --error-exitcode=9 --leak-check=full
            --show-leak-kinds=definite --errors-for-leak-kinds=definite" \
        -f tests/valgrind.R > .build/valgrind.log 2>&1
    say $? "valgrind" .build/valgrind.log
}

for what in "$@"; do "$what"; done
exit $status
