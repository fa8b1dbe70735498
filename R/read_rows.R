# What the formats call things, in our words; which rows are kept, and what
# the others are counted as.

no_rows_skipped <- c(
    malformed = 0, other_locus = 0, non_productive = 0, no_cell = 0,
    no_cdr3 = 0
)

# `columns`: our name -> list of columns as they were read. Gives
# list(table, skipped).
tidy_rows <- function(columns, layout, options, file, line_of) {
    table <- lapply(stats::setNames(nm = names(columns)), function(name) {
        if (name == "duplicate_count") {
            return(first_filled(columns[[name]], file, line_of))
        }
        check_utf8(columns[[name]][[1L]], name, file, line_of)
    })
    cdr3 <- grep("^junction_aa", names(table), value = TRUE)
    refuse_nucleotides(table[cdr3], layout, file, line_of)
    refuse_joined_chains(table, cdr3, file, line_of)
    keep_missing <- options$keep_missing && layout$format %in%
        c("airr", "list")
    if (!is.null(layout$tidy)) table <- layout$tidy(table)
    table <- in_our_words(table, cdr3, layout, options, keep_missing)
    foreign <- foreign_sides(table, cdr3, options$locus)
    for (column in names(foreign)) table[[column]][foreign[[column]]] <- ""
    reason <- reasons(table, cdr3, layout, options, keep_missing)
    emptied <- Reduce(`|`, foreign[cdr3], logical(length(reason)))
    reason[emptied & reason == match("no_cdr3", names(no_rows_skipped))] <-
        match("other_locus", names(no_rows_skipped))
    skipped <- no_rows_skipped
    skipped[] <- as.numeric(tabulate(reason, length(skipped)))
    # In AIRR's order, and what the file has only.
    order <- intersect(c(our_columns, paired_columns), names(columns))
    table <- table[order]
    kept <- reason == 0L
    dropped <- !kept
    # Where every row is to be written again.
    if (isTRUE(options$keep_all)) kept[] <- TRUE
    if (!all(kept)) {
        # As numbers, or each column would count the flags again.
        rows <- which(kept)
        table <- lapply(table, `[`, rows)
    }
    parts <- parts_of_counts(table$duplicate_count)
    if (length(parts)) {
        table$duplicate_count[parts] <-
            pmax(1, round(table$duplicate_count[parts]))
    }
    whole <- with_anchors(table, layout$stripped, options$locus)
    list(
        table = as.data.frame(whole$table, stringsAsFactors = FALSE),
        skipped = skipped, rounded = length(parts), dropped = dropped,
        completed = whole$completed
    )
}

# The columns of CDR3s without their ends as junctions, and how many changed.
with_anchors <- function(table, stripped, wanted) {
    completed <- 0
    for (name in stripped) {
        chain <- sub("^junction_aa_?", "", name)
        j_call <- table[[sub("junction_aa", "j_call", name)]]
        locus <- if (nzchar(chain)) names(which(chain_names == chain))
            else if (!is.null(table$locus)) table$locus
            else if (length(wanted) == 1L) wanted
            else ""
        before <- table[[name]]
        words <- data.table::`%chin%`(before, no_value)
        after <- complete_anchors(replace(before, words, ""), j_call, locus)
        after[words] <- before[words]
        completed <- completed + sum(after != before, na.rm = TRUE)
        table[[name]] <- after
    }
    list(table = table, completed = completed)
}

# Which counts are no whole numbers: shares, or what a program has corrected.
parts_of_counts <- function(count) {
    if (!is.double(count)) return(integer())
    which(count != floor(count))
}

# Blanks, genes, loci and flags, however the file writes them.
in_our_words <- function(table, cdr3, layout, options, keep_missing) {
    if (!keep_missing) {
        for (name in cdr3) {
            text <- without_spaces(table[[name]])
            gone <- data.table::`%chin%`(text,
                c(no_value, "region_not_covered"))
            if (any(gone)) text[gone] <- ""
            table[[name]] <- text
        }
    }
    for (name in grep("^[vj]_call", names(table), value = TRUE)) {
        table[[name]] <- named_genes(table[[name]], layout, options)
    }
    if (!is.null(table$locus)) table$locus <- imgt_locus(table$locus)
    for (name in intersect(c("cell_id", "sequence_id", "repertoire_id"),
        names(table))) {
        gone <- data.table::`%chin%`(table[[name]], no_value)
        if (any(gone)) table[[name]][gone] <- ""
    }
    for (name in intersect(c("productive", "is_cell"), names(table))) {
        table[[name]] <- as_flag(table[[name]])
    }
    table
}

# trimws() takes a second for a million.
without_spaces <- function(text) {
    spaced <- startsWith(text, " ") | endsWith(text, " ")
    if (any(spaced)) text[spaced] <- trimws(text[spaced])
    text
}

# Where a count is blank, the next of the columns has it.
first_filled <- function(counts, file, line_of) {
    counts <- lapply(counts, count_column, file, line_of)
    found <- counts[[1L]]
    for (other in counts[-1L]) {
        blank <- is.na(found)
        if (!any(blank)) break
        found[blank] <- other[blank]
    }
    found
}

# MiXCR's columns of hits have the best one in front.
named_genes <- function(names, layout, options) {
    if (isTRUE(layout$hits)) names <- on_distinct(names, best_hit)
    imgt_genes(names, options$species)
}

best_hit <- function(names) sub("[,;].*$", "", names)

as_flag <- function(text) {
    on_distinct(text, function(distinct) {
        word <- small_letters(trimws(distinct))
        yes <- c("t", "true", "yes", "y", "1", "in", "productive")
        no <- c(
            "f", "false", "no", "n", "0", "out", "stop", "unproductive",
            "non-productive", "has stop", "out of frame"
        )
        ifelse(word %in% yes, TRUE, ifelse(word %in% no, FALSE, NA))
    })
}

# For each row the place of its reason in `no_rows_skipped`, 0 where it is
# kept. The first that holds counts.
reasons <- function(table, cdr3, layout, options, keep_missing) {
    n <- length(table[[cdr3[1L]]])
    reason <- integer(n)
    mark <- function(rows, name) {
        if (!any(rows)) return()
        rows <- which(rows & reason == 0L)
        reason[rows] <<- match(name, names(no_rows_skipped))
    }
    if (!is.null(options$locus) && "junction_aa" %in% cdr3) {
        locus <- row_loci(n, table$locus, table$v_call, table$j_call,
            options$locus)
        mark(nzchar(locus) & !locus %in% options$locus, "other_locus")
    }
    if (options$productive && !is.null(table$productive)) {
        no <- !table$productive
        no[is.na(no)] <- identical(layout$blank_productive, FALSE)
        mark(no, "non_productive")
    }
    if (options$cells_only && !is.null(table$is_cell)) {
        mark(table$is_cell %in% FALSE, "no_cell")
    }
    if (!keep_missing) {
        empty <- Reduce(`&`, lapply(table[cdr3], function(x) !nzchar(x)))
        mark(empty, "no_cdr3")
    }
    reason
}

# Of tables with both chains in a row: where a chain's genes say another locus,
# by column. BD's "alpha or gamma" is alpha for those who ask for alpha only.
foreign_sides <- function(table, cdr3, loci) {
    if (length(loci) != 2L || "junction_aa" %in% cdr3) return(list())
    found <- list()
    for (locus in loci) {
        columns <- paste0(c("junction_aa", "v_call", "j_call"), "_",
            chain_names[[locus]])
        if (is.null(table[[columns[1L]]])) next
        own <- row_loci(length(table[[columns[1L]]]), NULL,
            table[[columns[2L]]], table[[columns[3L]]], locus)
        rows <- nzchar(own) & own != locus
        if (!any(rows)) next
        for (column in intersect(columns, names(table))) {
            found[[column]] <- rows
        }
    }
    found
}

# A CDR3 column that is one of nucleotides: every row would be clustered, for
# A, C, G and T are residues too.
refuse_nucleotides <- function(columns, layout, file, line_of) {
    for (text in columns) {
        some <- which(nchar(utils::head(text, 1000L), "bytes") >= 12L)
        if (length(some) == 0L) next
        dna <- grepl("^[ACGTNacgtn]+$", text[some], useBytes = TRUE)
        if (mean(dna) > 0.9) {
            raise_error("format", paste0(
                shown_file(file), " must have residues as `junction_aa`; ",
                given(text[some[1L]]), " in line ", line_of(some[1L]),
                " is of nucleotides"
            ))
        }
    }
}

# "Read 'a.csv' (10x contig annotations): 12 of 24 rows; left out 5 of other
# loci, ...".
report_reading <- function(file, layout, scan, totals, options) {
    skipped <- totals$skipped
    words <- c(
        malformed = "malformed", other_locus = "of another locus",
        non_productive = "not productive", no_cell = "of no cell",
        no_cdr3 = "without a CDR3"
    )
    left <- skipped[skipped > 0]
    notes <- c(
        if (skipped[["malformed"]]) {
            paste0("The first malformed row is line ",
                shown_number(scan$malformed[["line"]]), ".")
        },
        if (scan$padded[["rows"]]) {
            paste0("Fields at the end are missing in ",
                shown_number(scan$padded[["rows"]]),
                " and were taken for empty.")
        },
        if (totals$rounded) {
            paste0("Counts that are no whole numbers (",
                shown_number(totals$rounded), ") were rounded, to 1 or more.")
        },
        if (totals$completed) {
            paste0("Conserved residues were added at the ends of ",
                count_text(totals$completed, "CDR3"), " (C; F or W by the J ",
                "gene).")
        },
        if (!is.null(layout$chains) && is.null(options$locus)) {
            "Both chains are in a row: `locus` says which to take."
        },
        layout$note
    )
    inform(
        "read", "Read ", shown_file(file), " (", layout$title, "): ",
        shown_number(totals$rows), " of ",
        shown_number(totals$rows + sum(skipped)),
        " rows",
        if (length(left)) {
            paste0("; left out ", paste(
                shown_number(left), words[names(left)], collapse = ", "
            ))
        },
        ".", if (length(notes)) paste0(" ", paste(notes, collapse = " "))
    )
}
