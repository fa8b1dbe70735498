# Adds up the suites: C++ in an XML file ("none" where it was not wanted), R in
# one or several folders with a folder for each test file. What left no counts
# has crashed: a failure.
files <- commandArgs(TRUE)
crashed <- c(passed = 0, failed = 1, skipped = 0)

cpp <- if (files[1] == "none") 0 * crashed else crashed
if (file.exists(files[1])) {
    xml <- readLines(files[1])
    cases <- sum(grepl("<testcase ", xml, fixed = TRUE))
    failed <- sum(grepl("<failure ", xml, fixed = TRUE))
    failed <- min(failed, as.integer(sub(
        '.*<testsuites [^>]*failures="([0-9]+)".*', "\\1",
        grep("<testsuites ", xml, value = TRUE)[1]
    )))
    skipped <- sum(grepl('result="skipped"', xml, fixed = TRUE))
    cpp <- c(cases - failed - skipped, failed, skipped)
}
r <- rowSums(vapply(files[-1], function(folder) {
    counts <- Sys.glob(file.path(folder, "*", "counts"))
    if (!length(counts)) return(crashed)
    rowSums(vapply(counts, function(file) as.numeric(readLines(file)), crashed))
}, crashed))
total <- cpp + r
cat(sprintf("C++ %d + R %d tests passed\n", cpp[1], r[1]))
cat(sprintf("%d passed, %d failed, %d skipped\n", total[1], total[2], total[3]))
if (total[2] > 0 || total[1] == 0) quit(status = 1)
