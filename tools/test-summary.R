# Adds up the suites: C++ in a folder of XML files ("none" where it was not
# wanted), R in one or several folders with a folder for each test file. What left
# no counts has crashed: a failure.
files <- commandArgs(TRUE)
crashed <- c(passed = 0, failed = 1, skipped = 0)

counts_of_cpp <- function(file) {
    xml <- readLines(file)
    all <- grep("<testsuites ", xml, value = TRUE)
    if (!length(all)) return(crashed)
    cases <- sum(grepl("<testcase ", xml, fixed = TRUE))
    failed <- sum(grepl("<failure ", xml, fixed = TRUE))
    failed <- min(failed, as.integer(
        sub('.*<testsuites [^>]*failures="([0-9]+)".*', "\\1", all[1])
    ))
    skipped <- sum(grepl('result="skipped"', xml, fixed = TRUE))
    c(cases - failed - skipped, failed, skipped)
}
cpp <- if (files[1] == "none") 0 * crashed else {
    counts <- Sys.glob(file.path(files[1], "*.xml"))
    if (length(counts)) rowSums(vapply(counts, counts_of_cpp, crashed))
    else crashed
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
