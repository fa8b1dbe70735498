# Rscript report.R: writes the newest result of each case into README.md,
# between its marks, the targets beside them.
newest_results <- function(results_file) {
    results <- data.table::fread(results_file, sep = "\t", data.table = FALSE,
        na.strings = NULL)
    results$grown_mb <- suppressWarnings(as.numeric(results$grown_mb))
    results[!duplicated(results$case, fromLast = TRUE), ]
}

number <- function(x) {
    if (is.na(x)) "" else format(x, big.mark = ",", scientific = FALSE)
}

day <- function(results) sub(" .*", "", results$date)

result_rows <- function(results, targets) {
    vapply(seq_len(nrow(results)), function(i) {
        r <- results[i, ]
        target <- targets$target[match(r$case, targets$case)]
        sprintf("| `%s` | %s | %d | %d | %s | %s | %s | %s | %s | %s |",
            r$case, number(r$n), r$threads, r$runs,
            if (r$runs == 1) sprintf("%.3f", r$median)
            else sprintf("%.3f (%.3f-%.3f)", r$median, r$min, r$max),
            number(r$peak_mb), number(r$grown_mb), r$ratio,
            if (is.na(target)) "" else target, day(r))
    }, "")
}

# On which day and machine, and of which commits.
measured_lines <- function(results) {
    of <- paste(day(results), "on", results$machine)
    commits <- tapply(results$commit, of, function(x) {
        paste(unique(x), collapse = ", ")
    })
    paste0("* ", names(commits), ", commit ", commits)
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
        "Medians, with the fastest and the slowest run; compare within a day.",
        "", measured_lines(results), "",
        paste("| case | n | threads | runs | seconds | peak MB | above R",
            "| ratio | target | measured |"),
        "|---|--:|--:|--:|---|--:|--:|---|---|---|",
        result_rows(results, targets), "",
        lines[end:length(lines)]
    ), readme)
}

if (sys.nframe() == 0L) {
    write_report(dirname(sub("--file=", "", grep("--file=", commandArgs(),
        value = TRUE))))
}
