# Runs the testthat suite against the installed package and writes how many
# tests passed, failed and were skipped. A test is a test_that() block.
counts <- commandArgs(TRUE)[1]
library(testthat)
results <- test_dir("tests/testthat", package = "clustcr",
    load_package = "installed", reporter = "summary", stop_on_failure = FALSE)
results <- as.data.frame(results)
failed <- results$failed > 0 | results$error
skipped <- results$skipped & !failed
writeLines(as.character(c(
    sum(!failed & !skipped), sum(failed), sum(skipped)
)), counts)
