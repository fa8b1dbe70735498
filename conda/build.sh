#!/bin/bash
# Faiss is conda's; without it the recipe fails.
set -eu
export DISABLE_AUTOBREW=1 FAISS_HOME="$PREFIX" CLUSTCR_FAISS=yes
# shellcheck disable=SC2086
${R} CMD INSTALL --build . ${R_ARGS:-}
