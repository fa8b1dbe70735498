# What is said where most of the rows were left out, or all, or where a
# repertoire has none: in another tone than of a run as it should be, with the
# reason and what may be done.

# Lines of text, none where nothing is amiss. `audit` has a row for each
# repertoire: `repertoire_id`, `given`, `accepted` and a column for each reason.
# `chain` is that of the run, where there is one.
describe_loss <- function(audit, chain = NULL) {
    if (!sum(audit$given)) return("! No rows were found, and none clustered.")
    c(
        loss_in_words(sum(audit$given), sum(audit$accepted),
            dropped_reasons(audit), chain),
        name_samples(audit, audit$given == 0, "No rows were found in"),
        if (any(audit$accepted > 0)) name_samples(audit,
            audit$given > 0 & audit$accepted == 0, "All rows were left out of")
    )
}

name_samples <- function(audit, which, what) {
    if (!any(which)) return(NULL)
    paste0("! ", what, " ", shown_number(sum(which)), " of ",
        count_words(nrow(audit), "repertoire", "repertoires"), ": ",
        name_some(short_names(audit$repertoire_id[which], 40L)), ".")
}

# NULL where less than half was left out. Pairs are of two rows each, so that
# what was left out is counted by its reasons. Rows of other loci than those
# asked for are no loss, where they are not all.
loss_in_words <- function(given, kept, reasons, chain = NULL,
                          reading = FALSE) {
    if (kept > 0) {
        other <- names(reasons) %in% c("other_locus", "wrong_chain")
        given <- given - sum(reasons[other])
        reasons <- reasons[!other]
    }
    lost <- sum(reasons)
    if (!lost || (kept > 0 && lost < given / 2)) return(NULL)
    advice <- loss_advice(reasons, chain, reading)
    paste0(
        if (kept > 0) paste0("! Much was left out: ", shown_number(lost),
            " of ", count_text(given, "row"))
        else paste0("! Nothing is left: ", if (given == 1)
            "the only row was left out"
            else paste("all", shown_number(given), "rows were left out")),
        " (", describe_problems(reasons), ").",
        if (!is.null(advice)) paste0(" ", advice, ".")
    )
}

# The same of a file that was read.
reading_loss <- function(file, totals) {
    skipped <- totals$skipped
    given <- totals$rows + sum(skipped)
    if (!given) {
        return(paste0("! ", shown_file(file), if (file.size(file) %in% 0)
            " is empty: it has 0 bytes." else " has no rows."))
    }
    loss_in_words(given, totals$rows, skipped[skipped > 0], reading = TRUE)
}

# What helps against the commonest reason.
loss_advice <- function(reasons, chain = NULL, reading = FALSE) {
    if (!length(reasons)) return(NULL)
    reason <- names(reasons)[order(-reasons)][1L]
    column <- "`columns = c(junction_aa = \"...\")` names another column"
    switch(reason,
        other_locus = , wrong_chain = if (reading)
            "`locus` says which loci are read"
        else paste0("`chain` says which chains are clustered",
            if (!is.null(chain)) paste0(", and is \"",
                paste(chain, collapse = "\", \""), "\"")),
        non_productive = paste("Is the column `productive` right?",
            "`productive = FALSE` keeps such rows"),
        no_cell = "`cells_only = FALSE` keeps rows of no cell",
        missing_chain = , no_pair = , single_chain =
            "`missing_chain = \"cluster\"` takes cells with one chain",
        no_cdr3 = , missing = , empty =
            paste0("Is the CDR3 in another column? ", column),
        unknown_ends = paste("CDR3s without their conserved ends need a J",
            "gene or a locus to complete them"),
        stop_codon = , out_of_frame = , not_amino_acid = , lower_case =
            paste0("CDR3s must be of residues in capital letters. ", column),
        too_long = "`max_sequence_size` says how long CDR3s may be",
        malformed = paste("Are fields missing? readRepertoire() of one file",
            "tells the line of the first such row")
    )
}

# Rows of the files that are no receptors of those asked for.
dropped_reasons <- function(audit) {
    reasons <- setdiff(names(audit), c("repertoire_id", "given", "accepted",
        "paired"))
    counts <- vapply(audit[reasons], sum, 0)
    sort(counts[counts > 0], decreasing = TRUE)
}

# What rows are called that were left out for a reason.
in_words <- function(reasons) {
    words <- c(
        other_locus = "of another locus", non_productive = "not productive",
        no_cell = "of no cell", no_cdr3 = "without a CDR3",
        unknown_ends = "whose CDR3 has ends that nothing tells"
    )
    known <- reasons %in% names(words)
    replace(gsub("_", " ", reasons), known, words[reasons[known]])
}

# "3 empty, 2 stop codon", from counts named by problem.
describe_problems <- function(counts) {
    counts <- without_kept(counts)
    counts <- counts[counts > 0]
    paste(
        shown_number(counts),
        in_words(names(counts)), collapse = ", "
    )
}

# Counts of rows that were left out: `none` are those of no problem, `paired`
# those that are one receptor with another.
without_kept <- function(counts) {
    counts[!names(counts) %in% c("none", "paired")]
}
