# Rscript tools/test-r.R FOLDER [alone]: runs files of the testthat suite on the
# installed package. Several such processes share the work: each takes the
# next file whose folder in FOLDER it can make, and leaves there what was said
# and how many tests (test_that() blocks) passed, failed and were skipped.
# "alone": what measures time, for which nothing else should run.
# CLUSTCR_TEST_UNTIL, in seconds since 1970: no file is begun after it, and those
# that are left out are told. CLUSTCR_TEST_RAN: what another system has left; then
# the files that it ran come last, and they alone may be left out, so that each
# runs somewhere. CLUSTCR_TEST_ONLY: these files alone, with commas
# between.
until <- as.numeric(Sys.getenv("CLUSTCR_TEST_UNTIL", "Inf"))
folder <- commandArgs(TRUE)[1]
alone <- "interrupt"
# The slowest begin, so that no process ends long after the others.
slow <- c("kill", "snapshot", "fault", "cohort", "receptors",
    "exactness", "read_damage", "inputs", "clusters_matrix", "resume")
names <- sub("^test-(.*)[.]R$", "\\1",
    list.files("tests/testthat", "^test-.*[.]R$"))
only <- strsplit(Sys.getenv("CLUSTCR_TEST_ONLY"), ",")[[1L]]
if (length(only)) names <- intersect(names, only)
# Those that began and did not crash.
ran <- Sys.getenv("CLUSTCR_TEST_RAN")
elsewhere <- if (nzchar(ran)) {
    counts <- Sys.glob(file.path(ran, "*", "counts"))
    basename(dirname(counts))[vapply(counts, function(file) {
        !identical(readLines(file), c("0", "1", "0"))
    }, NA)]
}
if (is.na(commandArgs(TRUE)[2])) {
    names <- setdiff(union(intersect(slow, names), names), alone)
    # Where time is short many files say more than the slow ones.
    if (nzchar(ran)) names <- union(setdiff(names, elsewhere), names)
    else if (is.finite(until)) names <- union(setdiff(names, slow), names)
} else {
    names <- intersect(alone, names)
}

run_file <- function(name) {
    own <- file.path(folder, name)
    writeLines(c("0", "1", "0"), file.path(own, "counts"))  # a crash's
    sink(file.path(own, "said"))
    on.exit(sink())
    results <- as.data.frame(testthat::test_file(
        file.path("tests", "testthat", paste0("test-", name, ".R")),
        package = "clustcr", load_package = "installed",
        reporter = testthat::SummaryReporter$new(show_praise = FALSE),
        stop_on_failure = FALSE
    ))
    cat(sprintf("%.0f s\n", sum(results$real)))
    failed <- results$failed > 0 | results$error
    skipped <- results$skipped & !failed
    writeLines(as.character(c(
        sum(!failed & !skipped), sum(failed), sum(skipped)
    )), file.path(own, "counts"))
}

left <- character()
for (name in names) {
    if (dir.exists(file.path(folder, name))) next
    if (Sys.time() > until && (!nzchar(ran) || name %in% elsewhere)) {
        left <- c(left, name)
    } else if (dir.create(file.path(folder, name), showWarnings = FALSE)) {
        try(run_file(name))
    }
}
# Each process tells the same.
cat(paste0(left, "\n", recycle0 = TRUE), sep = "", file = file.path(folder,
    "left"), append = TRUE)
