# Rscript run.R [quick | case ...]: measures the cases, prints a line for each
# and appends it to results.tsv in `CLUSTCR_RESULTS` (default: this folder).
args <- commandArgs(TRUE)
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "cases.R"))
folder <- Sys.getenv("CLUSTCR_BENCH", file.path(tempdir(), "bench"))
results_file <- file.path(Sys.getenv("CLUSTCR_RESULTS", here), "results.tsv")

quick <- identical(args, "quick")
chosen <- if (quick) {
    names(cases)[vapply(cases, function(case) isTRUE(case$quick), NA)]
} else if (length(args)) {
    match.arg(args, names(cases), several.ok = TRUE)
} else {
    names(cases)
}
most_runs <- if (quick) 3L else 5L

machine <- paste(
    sub(".*: ", "", grep("model name", readLines("/proc/cpuinfo"),
        value = TRUE)[1]),
    parallel::detectCores(), "cores"
)
commit <- suppressWarnings(tryCatch(
    system2("git", c("-C", here, "rev-parse", "--short", "HEAD"),
        stdout = TRUE, stderr = FALSE),
    error = function(e) "unknown"
))

# The seconds of one process that runs the case `runs` times, then its peak and
# how much that is above R.
measure <- function(name, runs) {
    out <- system2(
        file.path(R.home("bin"), "Rscript"),
        shQuote(c(file.path(here, "case.R"), name, runs, folder)),
        stdout = TRUE
    )
    figures <- suppressWarnings(as.numeric(out))
    if (length(figures) != runs + 2 || anyNA(figures)) {
        stop("the case ", name, " failed:\n", paste(out, collapse = "\n"))
    }
    figures
}

medians <- c()
cat(sprintf("%-27s %9s %7s %8s %8s %8s %8s %8s  %s\n", "case", "n", "threads",
    "median", "min", "max", "peak MB", "above R", "ratio"))
# The input is made before anything is measured.
invisible(list(hip_files(folder), real_files(folder)))
# What several cases share is kept in files, and made once.
for (case in cases[chosen]) {
    if (!is.null(case$prepare)) case$prepare(folder)
}
for (name in chosen) {
    case <- cases[[name]]
    runs <- min(most_runs, case$runs)
    if (isTRUE(case$processes)) {
        figures <- vapply(seq_len(runs), function(i) measure(name, 1L),
            numeric(3))
        times <- figures[1, ]
        peak <- max(figures[2, ])
        grown <- max(figures[3, ])
    } else {
        figures <- measure(name, runs)
        times <- figures[seq_len(runs)]
        peak <- figures[runs + 1]
        grown <- figures[runs + 2]
    }
    medians[name] <- stats::median(times)
    ratio <- ""
    if (!is.null(case$against) && !is.na(medians[case$against])) {
        ratio <- sprintf("%.3g of %s (%s)",
            medians[[name]] / medians[[case$against]], case$against, case$as)
    }
    cat(sprintf("%-27s %9.0f %7d %8.3f %8.3f %8.3f %8.0f %8.0f  %s\n", name,
        case$n, as.integer(case$threads), medians[[name]], min(times),
        max(times), peak, grown, ratio))
    data.table::fwrite(
        data.frame(
            date = format(Sys.time(), "%Y-%m-%d %H:%M", tz = "UTC"),
            machine = machine, commit = commit, case = name, n = case$n,
            threads = case$threads, runs = runs,
            median = round(medians[[name]], 4), min = round(min(times), 4),
            max = round(max(times), 4), peak_mb = round(peak),
            grown_mb = round(grown), ratio = ratio
        ),
        results_file, append = TRUE, sep = "\t", quote = FALSE
    )
}
if (any(grepl("^scaling_", chosen))) {
    source(file.path(here, "plot.R"))
    plot_scaling(results_file, file.path(dirname(results_file), "scaling.png"))
}
