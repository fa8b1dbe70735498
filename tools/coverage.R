# Rscript tools/coverage.R r|core OUT: see tools/coverage.
arguments <- commandArgs(TRUE)
out <- arguments[2]

# `lines`: data.frame(file, line, hits), a row for each line that could run.
report <- function(lines, name) {
    by_file <- aggregate(cbind(all = 1, run = lines$hits > 0),
        list(file = lines$file), sum)
    by_file$share <- by_file$run / by_file$all
    cat(sprintf("%s: %.1f %% of %d lines\n", name,
        100 * sum(by_file$run) / sum(by_file$all), sum(by_file$all)))
    worst <- head(by_file[order(by_file$share), ], 12)
    cat(sprintf("  %5.1f %% of %4d  %s\n", 100 * worst$share, worst$all,
        worst$file), sep = "")
    missed <- lines[lines$hits == 0, c("file", "line")]
    missed <- missed[order(missed$file, missed$line), ]
    write.table(missed, file.path(out, paste0(name, ".tsv")), sep = "\t",
        quote = FALSE, row.names = FALSE)
}

if (arguments[1] == "r") {
    # C++ as it is: only R is counted here.
    options(covr.flags = list(CXXFLAGS = ""))
    tests <- file.path(out, "src", "tests", "testthat")
    found <- covr::package_coverage(
        file.path(out, "src"), type = "none", quiet = FALSE,
        install_path = file.path(out, "library"),
        code = sprintf(paste0("testthat::test_dir(%s, package = 'clustcr', ",
            "load_package = 'installed', reporter = 'summary', ",
            "stop_on_failure = FALSE)"), deparse(tests))
    )
    lines <- covr::tally_coverage(found, by = "line")
    lines <- data.frame(file = lines$filename, line = lines$line,
        hits = lines$value)
    # A line of several expressions runs where any of them does not stay out.
    report(lines[grepl("^R/", lines$file) &
        lines$file != "R/RcppExports.R", ], "R")
} else {
    text <- readLines(file.path(out, "gcov", "all.json"), warn = FALSE)
    units <- lapply(text[nzchar(text)], jsonlite::fromJSON,
        simplifyVector = FALSE)
    rows <- lapply(units, function(unit) {
        lapply(unit$files, function(file) {
            # The header of types only has no lines.
            if (!grepl("src/core/", file$file) || !length(file$lines)) {
                return(NULL)
            }
            data.frame(
                file = sub(".*(src/core/)", "\\1", file$file),
                line = vapply(file$lines, `[[`, 0L, "line_number"),
                hits = vapply(file$lines, function(x) as.numeric(x$count), 0)
            )
        })
    })
    rows <- do.call(rbind, unlist(rows, recursive = FALSE))
    # Headers are in many units.
    report(aggregate(hits ~ file + line, rows, sum), "core")
}
