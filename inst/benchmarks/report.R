# Rscript report.R: writes the newest result of each case into README.md,
# between its marks, the targets beside them.
newest_results <- function(results_file) {
    results <- data.table::fread(results_file, sep = "\t", data.table = FALSE,
        na.strings = NULL)
    results[!duplicated(results$case, fromLast = TRUE), ]
}

number <- function(x) format(x, big.mark = ",", scientific = FALSE)

result_rows <- function(results, targets) {
    vapply(seq_len(nrow(results)), function(i) {
        r <- results[i, ]
        target <- targets$target[match(r$case, targets$case)]
        sprintf("| `%s` | %s | %d | %d | %.3f (%.3f-%.3f) | %s | %s | %s | %s |",
            r$case, number(r$n), r$threads, r$runs, r$median, r$min, r$max,
            number(r$peak_mb), number(r$grown_mb), r$ratio, if (is.na(target)) "" else target)
    }, "")
}

write_report <- function(here, results_file = file.path(here, "results.tsv")) {
    results <- newest_results(results_file)
    targets <- data.table::fread(file.path(here, "targets.tsv"), sep = "\t",
        data.table = FALSE)
    readme <- file.path(here, "README.md")
    lines <- readLines(readme)
    begin <- grep("<!-- results -->", lines, fixed = TRUE)
    end <- grep("<!-- end of results -->", lines, fixed = TRUE)
    writeLines(c(
        lines[seq_len(begin)],
        paste0(
            "Measured ", paste(unique(sub(" .*", "", results$date)),
                collapse = " and "), " on ",
            paste(unique(results$machine), collapse = " and "), ", commit ",
            paste(unique(results$commit), collapse = ", "),
            "; medians, with the fastest and the slowest run."
        ), "",
        paste("| case | n | threads | runs | seconds | peak MB | above R",
            "| ratio | target |"),
        "|---|--:|--:|--:|---|--:|--:|---|---|",
        result_rows(results, targets), "",
        lines[end:length(lines)]
    ), readme)
}

if (sys.nframe() == 0L) {
    write_report(dirname(sub("--file=", "", grep("--file=", commandArgs(),
        value = TRUE))))
}
