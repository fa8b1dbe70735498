# What a reader tells of a file.

# "Read 'a.csv' (10x contig annotations): 12 of 24 rows; left out 5 of other
# loci, ...".
report_reading <- function(file, layout, scan, totals, options) {
    skipped <- totals$skipped
    left <- skipped[skipped > 0]
    notes <- c(
        if (skipped[["malformed"]]) {
            paste0("The first malformed row is line ",
                shown_number(scan$malformed[["line"]]), ".")
        },
        reading_notes(layout, scan, totals, options)
    )
    given <- totals$rows + sum(skipped)
    columns <- columns_note(layout, totals$filled, given)
    loss <- reading_loss(file, totals)
    if (!is.null(loss)) inform("read", loss)
    inform(
        "read", .fields = list(columns = columns),
        "Read ", shown_file(file), " (", layout$title, "): ",
        shown_number(totals$rows), " of ",
        count_text(given, "row"),
        if (length(left)) {
            paste0("; left out ", paste(
                shown_number(left), in_words(names(left)), collapse = ", "
            ))
        },
        ".", if (length(c(notes, columns))) {
            paste0(" ", paste(c(notes, columns), collapse = " "))
        }
    )
}

# What was done to rows that were kept.
reading_notes <- function(layout, scan, totals, options) {
    c(
        if (scan$padded[["rows"]]) {
            paste0("Fields at the end are missing in ",
                count_text(scan$padded[["rows"]], "row"),
                " and were taken for empty.")
        },
        if (totals$rounded) {
            paste0("Counts that are no whole numbers (",
                shown_number(totals$rounded), ") were rounded, to 1 or more.")
        },
        if (totals$completed) {
            paste0("Conserved residues were added at the ends of ",
                count_text(totals$completed, "CDR3"), " ", ends_told, ".")
        },
        if (isTRUE(layout$several_chains) && is.null(options$locus)) {
            "Both chains are in a row: `locus` says which to take."
        },
        if (is.null(layout$note) && totals$bare > totals$rows / 2) {
            paste0("Most CDR3s are without their conserved ends (C; F or W), ",
                "and stay so.")
        },
        layout$note, layout$found,
        # Those of a header again are no names of genes.
        strange_note(totals$strange[!small_letters(totals$strange) %in%
            small_letters(layout$header)])
    )
}

# The same for many files: how many rows it is of is a file's own matter.
without_counts <- function(notes) {
    notes <- gsub(" in [0-9,]+( of all [0-9,]+)? rows?| \\([0-9,]+\\)", "",
        notes)
    notes <- gsub("of [0-9,]+ CDR3s?", "of CDR3s", notes)
    sub("^.* none of IMGT's and stays? as (it is|they are)",
        "Names of genes that are none of IMGT's stay as they are", notes)
}

# What the readers of files said, by the names of these: each kind once.
said_together <- function(said) {
    said <- lapply(said, without_counts)
    columns <- vapply(said, `[`, "", 1L)
    notes <- stats::setNames(unlist(lapply(said, `[`, -1L), use.names = FALSE),
        rep(names(said), lengths(said) - 1L))
    c(said_of_files(columns[nzchar(columns)], length(said)),
        said_of_files(notes, length(said)))
}

# Texts named by their files, each once: "a.tsv and 2 others: columns ...", but
# where it is of all `n`. Of names of genes the example is one file's.
said_of_files <- function(texts, n) {
    kind <- sub(", such as .*", "", texts)
    vapply(utils::head(unique(kind), 5L), function(one) {
        files <- names(texts)[kind == one]
        text <- texts[[match(one, kind)]]
        if (length(files) == n) return(text)
        paste0(short_file(files[1L]), if (length(files) > 1L) {
            paste0(" and ", count_text(length(files) - 1L, "other"))
        }, ": ", sub("^Columns: ", "columns ", text),
        if (grepl("without their conserved", one)) {
            " They can't be neighbors of CDR3s that have theirs."
        })
    }, "", USE.NAMES = FALSE)
}

# Genes that have no place among IMGT's, with an example.
strange_note <- function(names) {
    if (!length(names)) return(NULL)
    paste0(count_words(length(names), "name of a gene is",
        "names of genes are"), " none of IMGT's and ",
        if (length(names) == 1L) "stays as it is" else "stay as they are",
        ", such as ", shown_names(names[1L]), ".")
}

# "Columns: junction_aa is `cdr3`, v_call is `v_gene`, duplicate_count is `umis`
# (`reads` in 2 of all 9 rows)." Those that are left out are counted with them.
columns_note <- function(layout, filled, given) {
    if (!nzchar(layout$separator)) return(NULL)
    order <- intersect(c(our_columns, paired_columns, "is_cell"),
        names(layout$columns))
    said <- vapply(order, function(name) {
        at <- layout$columns[[name]]
        own <- layout$header[at]
        others <- which(filled[[name]] > 0)
        paste0(name, if (own[1L] != name) paste0(" is ", shown_names(own[1L])),
            if (length(others)) paste0(" (", paste0(
                shown_names_each(own[others]), " in ",
                shown_number(filled[[name]][others]), " of all ",
                count_text(given, "row"), collapse = ", "), ")"))
    }, "")
    left <- layout$left
    paste0("Columns: ", paste(said, collapse = ", "), ".",
        if (!any(startsWith(order, "v_call"))) {
            " No column of V genes was found."
        },
        if (length(left)) {
            paste0(" Left, but like one of ours: ", paste0(
                shown_names_each(utils::head(names(left), 5L)), " (",
                utils::head(left, 5L), ")", collapse = ", "),
                if (length(left) > 5L) ", ...",
                "; `columns` takes them.")
        })
}

shown_names_each <- function(names) vapply(names, shown_names, "")
