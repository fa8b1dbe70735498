# Rscript readers.R [rows] [folder]: reads made AIRR and Adaptive files (a
# million rows each unless told otherwise) by readRepertoire() and by
# data.table::fread(), whole and of the same columns, in turn, five times each;
# then a file in chunks, for its peak memory. Prints medians and ratios.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "memory.R"))
library(clustcr)

letters_of <- function(alphabet, n, length) {
    vapply(seq_len(n), function(i) {
        paste(sample(alphabet, length, TRUE), collapse = "")
    }, "")
}

# Columns of receptors that differ, and long ones out of a pool.
made_rows <- function(n) {
    set.seed(1)
    amino <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
    middle <- matrix(sample(amino, 6 * n, TRUE), n)
    list(
        junction_aa = paste0(
            "CASS", do.call(paste0, asplit(middle, 2)), "EQYF"
        ),
        v = sprintf("%02d", sample(1:28, n, TRUE)),
        count = sample(1:50, n, TRUE),
        junction = sample(letters_of(c("A", "C", "G", "T"), 1000, 42), n, TRUE),
        sequence = sample(letters_of(c("A", "C", "G", "T"), 1000, 300), n, TRUE)
    )
}

made_airr <- function(file, n) {
    rows <- made_rows(n)
    table <- data.frame(
        sequence_id = paste0("s", seq_len(n)), sequence = rows$sequence,
        rev_comp = "F", productive = rep_len(c("T", "T", "T", "F"), n),
        v_call = paste0("TRBV", as.integer(rows$v), "*01"), d_call = "",
        j_call = "TRBJ2-7*01", sequence_alignment = rows$sequence,
        germline_alignment = rows$sequence, junction = rows$junction,
        junction_aa = rows$junction_aa, v_cigar = "280M", d_cigar = "",
        j_cigar = "40M", locus = "TRB", duplicate_count = rows$count
    )
    # Scores and positions, as aligners write them.
    for (i in 1:24) table[[paste0("extra_", i)]] <- 100 + i
    data.table::fwrite(table, file, sep = "\t", quote = FALSE)
}

made_adaptive <- function(file, n) {
    rows <- made_rows(n)
    table <- data.frame(
        nucleotide = substr(rows$sequence, 1, 87), aminoAcid = rows$junction_aa,
        "count (templates/reads)" = rows$count, "frequencyCount (%)" = 1e-6,
        cdr3Length = 42, vMaxResolved = paste0("TCRBV", rows$v, "-01*01"),
        check.names = FALSE
    )
    for (name in c("vFamilyName", "vGeneName", "dFamilyName", "dGeneName")) {
        table[[name]] <- paste0("TCRBV", rows$v)
    }
    table$jMaxResolved <- "TCRBJ02-07*01"
    table$sequenceStatus <- rep_len(c("In", "In", "In", "Out"), n)
    for (i in 1:36) table[[paste0("extra", i)]] <- "null"
    data.table::fwrite(table, file, sep = "\t", quote = FALSE)
}

compare <- function(name, file, columns) {
    one <- function(what) system.time(what)[["elapsed"]]
    fread <- function(...) {
        data.table::fread(
            file, sep = "\t", quote = "", data.table = FALSE,
            na.strings = NULL, showProgress = FALSE, ...
        )
    }
    times <- vapply(1:5, function(i) {
        c(
            readRepertoire = one(suppressMessages(readRepertoire(file))),
            fread = one(fread()), same = one(fread(select = columns))
        )
    }, numeric(3))
    median <- apply(times, 1, stats::median)
    cat(sprintf(
        paste0("%-9s %5.0f MB  readRepertoire %6.2f s (%.2f-%.2f)  ",
            "fread %6.2f s, ratio %.2f  fread(select) %6.2f s, ratio %.2f\n"),
        name, file.size(file) / 1e6, median[1], min(times[1, ]),
        max(times[1, ]), median[2], median[1] / median[2], median[3],
        median[1] / median[3]
    ))
}

in_chunks <- function(file) {
    out <- callr::r(function(file, megabytes) {
        time <- system.time(totals <- suppressMessages(
            clustcr::readRepertoire(file, chunk_size = 2e5,
                callback = function(x) NULL)
        ))[["elapsed"]]
        list(time = time, rows = totals$rows + sum(totals$skipped),
            peak = megabytes("VmHWM"))
    }, list(file, megabytes))
    cat(sprintf("in chunks %5.0f MB: %s rows in %.1f s, peak %.0f MB\n",
        file.size(file) / 1e6, format(out$rows, big.mark = ","), out$time,
        out$peak))
}

args <- commandArgs(TRUE)
n <- if (length(args)) as.numeric(args[1]) else 1e6
folder <- if (length(args) > 1) args[2] else tempdir()
airr <- file.path(folder, "airr.tsv")
adaptive <- file.path(folder, "adaptive.tsv")
if (!file.exists(airr)) made_airr(airr, n)
if (!file.exists(adaptive)) made_adaptive(adaptive, n)
compare("AIRR", airr, c("junction_aa", "v_call", "j_call", "duplicate_count",
    "sequence_id", "locus", "productive"))
compare("Adaptive", adaptive, c("aminoAcid", "vMaxResolved", "jMaxResolved",
    "count (templates/reads)", "sequenceStatus"))
in_chunks(airr)
