# What the formats call things, in our words; which rows are kept, and what
# the others are counted as.

no_rows_skipped <- c(
    malformed = 0, other_locus = 0, non_productive = 0, no_cell = 0,
    no_cdr3 = 0, unknown_ends = 0
)

# list(table, filled): the columns by our names, each filled from those of the
# file that have it, of all rows. `columns`: our name -> list of columns as they
# were read.
our_fields <- function(columns, layout, options, file, line_of) {
    filled <- lapply(stats::setNames(nm = names(columns)), function(name) {
        filled_column(name, columns[[name]], layout, options$species, file,
            line_of)
    })
    table <- lapply(filled, `[[`, "values")
    cdr3 <- grep("^junction_aa", names(table), value = TRUE)
    refuse_nucleotides(table[cdr3], layout, file, line_of)
    refuse_joined_chains(table, cdr3, file, line_of)
    if (!is.null(layout$tidy)) table <- layout$tidy(table)
    list(table = table, filled = filled)
}

# The `table` of these, rows `skipped` by reason, and what else is to be told.
tidy_rows <- function(columns, layout, options, file, line_of) {
    fields <- our_fields(columns, layout, options, file, line_of)
    table <- fields$table
    filled <- fields$filled
    cdr3 <- grep("^junction_aa", names(table), value = TRUE)
    keep_missing <- options$keep_missing && layout$format %in%
        c("airr", "list")
    if (!keep_missing) table[cdr3] <- lapply(table[cdr3], blank_words)
    strange <- character()
    for (name in grep("^[vj]_call", names(table), value = TRUE)) {
        named <- named_genes(table[[name]], options$species)
        table[[name]] <- named$names
        strange <- union(strange, named$strange)
    }
    table <- in_our_words(table, file, line_of)
    foreign <- foreign_sides(table, cdr3, options$locus)
    for (column in names(foreign)) table[[column]][foreign[[column]]] <- ""
    whole <- with_anchors(table, rows_without_ends(filled, layout$stripped),
        options$locus)
    table <- whole$table
    reason <- reasons(table, cdr3, layout, options, keep_missing,
        whole$unknown)
    if (length(foreign)) {
        emptied <- Reduce(`|`, foreign[cdr3], logical(length(reason)))
        reason[emptied & reason == match("no_cdr3", names(no_rows_skipped))] <-
            match("other_locus", names(no_rows_skipped))
    }
    skipped <- no_rows_skipped
    skipped[] <- as.numeric(tabulate(reason, length(skipped)))
    skipped_by <- if (isTRUE(options$by_repertoire)) {
        skipped_by_repertoire(table$repertoire_id, reason)
    }
    completed <- sum(reason[whole$completed] == 0L) + 0
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
    list(
        table = as.data.frame(table, stringsAsFactors = FALSE),
        skipped = skipped, rounded = length(parts), dropped = dropped,
        completed = completed, strange = strange, bare = bare_cdr3(table),
        filled = lapply(filled, `[[`, "from"), skipped_by = skipped_by
    )
}

# The rows of each of our CDR3s that lack their ends: those of a column whose
# definition leaves them out, which may have filled blanks only.
rows_without_ends <- function(filled, stripped) {
    lapply(stats::setNames(nm = names(stripped)), function(name) {
        own <- filled[[name]]
        if (stripped[[name]][1L]) return(seq_along(own$values))
        unlist(own$rows[stripped[[name]]])
    })
}

# list(table, completed, unknown): such CDR3s as junctions, the rows that
# changed, and those whose ends nothing tells.
with_anchors <- function(table, lacking, wanted) {
    completed <- unknown <- integer()
    for (name in names(lacking)) {
        rows <- lacking[[name]]
        before <- table[[name]][rows]
        there <- !data.table::`%chin%`(before, no_cdr3_words)
        rows <- rows[there]
        if (!length(rows)) next
        v_call <- table[[sub("junction_aa", "v_call", name)]][rows]
        j_call <- table[[sub("junction_aa", "j_call", name)]][rows]
        chain <- sub("^junction_aa_?", "", name)
        locus <- if (nzchar(chain)) names(which(chain_names == chain))
            else row_loci(length(rows), table$locus[rows], v_call, j_call,
                wanted)
        if (length(wanted) == 1L) locus[locus == ""] <- wanted
        after <- with_ends(before[there], j_call, locus, TRUE)
        completed <- union(completed, rows[after$cdr3 != before[there]])
        unknown <- union(unknown, rows[after$unknown])
        table[[name]][rows] <- after$cdr3
    }
    list(table = table, completed = setdiff(completed, unknown),
        unknown = unknown)
}

# How many have neither of the conserved ends.
bare_cdr3 <- function(table) {
    cdr3 <- table[grep("^junction_aa", names(table))]
    sum(vapply(cdr3, function(x) {
        x <- as.character(x)
        # Small letters are told elsewhere.
        sum(!grepl("^[Cc]|[FfWw]$", x, useBytes = TRUE) & nzchar(x),
            na.rm = TRUE) + 0
    }, 0))
}

# The counts of each repertoire's rows, in the order of the C locale.
skipped_by_repertoire <- function(repertoire_id, reason) {
    ids <- sort(unique(repertoire_id), method = "radix")
    lapply(split(reason, factor(repertoire_id, ids)), function(own) {
        counts <- no_rows_skipped
        counts[] <- as.numeric(tabulate(own, length(counts)))
        counts
    })
}

# Which counts are no whole numbers: shares, or what a program has corrected.
parts_of_counts <- function(count) {
    if (!is.double(count)) return(integer())
    which(count != floor(count))
}

# Blanks, loci and flags, however the file writes them.
in_our_words <- function(table, file, line_of) {
    if (!is.null(table$locus)) table$locus <- imgt_locus(table$locus)
    for (name in intersect(c("cell_id", "sequence_id", "repertoire_id"),
        names(table))) {
        gone <- data.table::`%chin%`(table[[name]], no_value)
        if (any(gone)) table[[name]][gone] <- ""
    }
    for (name in intersect(c("productive", "is_cell"), names(table))) {
        table[[name]] <- file_flag(table[[name]], name, file, line_of)
    }
    table
}

blank_words <- function(text) {
    text <- without_spaces(text)
    gone <- data.table::`%chin%`(text, no_cdr3_words)
    if (any(gone)) text[gone] <- ""
    text
}

# IMGT's names, and those that are none.
named_genes <- function(names, species) {
    if (!is.factor(names) || anyNA(names)) names <- as.character(names)
    distinct <- if (is.factor(names)) levels(names) else unique(names)
    at <- if (is.factor(names)) as.integer(names)
        else data.table::chmatch(names, distinct)
    distinct <- imgt_genes(distinct, species)
    list(names = distinct[at], strange = strange_genes(distinct))
}

# For each row the place of its reason in `no_rows_skipped`, 0 where it is
# kept. The first that holds counts.
reasons <- function(table, cdr3, layout, options, keep_missing,
                    unknown = integer()) {
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
        # That which the column of CDR3s is called by.
        if (length(layout$chain)) locus[locus == ""] <- layout$chain
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
    # Empty ones may be kept; words for nothing ("NA") are no sequence.
    empty <- Reduce(`&`, lapply(table[cdr3], function(x) {
        if (!keep_missing) return(!nzchar(x))
        data.table::`%chin%`(without_spaces(x), no_cdr3_words[-1L])
    }))
    mark(empty, "no_cdr3")
    if (length(unknown)) mark(seq_len(n) %in% unknown, "unknown_ends")
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

# Every row would be clustered, for A, C, G and T are residues too.
refuse_nucleotides <- function(columns, layout, file, line_of) {
    for (text in columns) {
        at <- nucleotides_at(text)
        if (at > 0L) {
            raise_error("format", paste0(
                shown_file(file), " must have residues as `junction_aa`; ",
                given(text[at]), " in line ", line_of(at),
                " is of nucleotides"
            ))
        }
    }
}

# How many sequences tell what all are.
looked_at <- 1000L

# The first of the sequences, where nearly all are of nucleotides, or a tenth is
# and too long to be anything else; 0 where not. A CDR3 may be of these letters,
# if short, and a test of alanines only.
nucleotides_at <- function(text) {
    text <- utils::head(text, looked_at)
    some <- which(!is.na(text) & nchar(text, "bytes") >= 12L)
    if (!length(some)) return(0L)
    dna <- grepl("^[ACGTUNacgtun]+$", text[some], useBytes = TRUE)
    letters <- lapply(c("[Aa]", "[Cc]", "[Gg]", "[TtUu]"), grepl, text[some],
        useBytes = TRUE)
    dna <- dna & Reduce(`+`, letters) >= 3L
    sure <- dna & nchar(text[some], "bytes") >= 24L
    if (mean(dna) > 0.9 || mean(sure) >= 0.1) some[dna][1L] else 0L
}
