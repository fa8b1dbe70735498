# Files of one repertoire with different columns - of two programs, of two
# versions - as one file of fields: each is read by its own layout, and what is
# left out of it, and why, is found when that one file is read.

# What became of the columns of each file.
bind_fields <- function(files, path, asked) {
    names <- lapply(files, function(file) {
        with_layout(file, asked, function(source, layout) {
            c(names(layout$columns), if (length(layout$stripped)) "cdr3_aa",
                if (length(layout$chain)) "locus",
                if (!is.null(layout$tidy)) "productive")
        })
    })
    all <- unique(unlist(names))
    sides <- vapply(names, function(x) any(startsWith(x, "junction_aa_")), NA)
    if (any(sides) && !all(sides)) {
        raise_error("format", paste0("files of one repertoire must all have ",
            "both chains in a row, or none; ", shown_file(files[sides][1L]),
            " has, and ", shown_file(files[!sides][1L]), " has not"))
    }
    # A row that ends before its CDR3 does so here, too.
    cdr3 <- startsWith(all, "junction_aa")
    all <- c(all[!cdr3], all[cdr3])
    writeLines(paste(all, collapse = ","), path)
    bound_by_fields[[path]] <- TRUE
    vapply(files, append_fields, "", path, all, asked)
}

with_layout <- function(file, asked, FUN, streamed = TRUE) {
    source <- open_source(file, streamed)
    on.exit(close_source(source))
    FUN(source, find_layout(source, asked$format, asked$options))
}

append_fields <- function(file, path, all, asked) {
    chunk <- cohort_chunk(file, NULL, "B", "2GB")
    with_layout(file, asked, function(source, layout) {
        parts <- open_parts(source, layout, chunk)
        on.exit(parts$close())
        filled <- NULL
        while (!is.null(part <- parts$read())) {
            fields <- our_fields(part$columns(), layout, asked$options, file,
                part$line_of)
            filled <- add_filled(filled,
                lapply(fields$filled, `[[`, "from"))
            table <- fields_as_airr(fields, layout, file, part$line_of)
            table[setdiff(all, names(table))] <- list(rep_len("", part$rows))
            write_as_text(list2DF(table[all]), path, append = TRUE)
        }
        cat(rep_len("-\n", parts$scan()$malformed[["rows"]]), sep = "",
            file = path, append = TRUE)
        note <- columns_note(layout, filled, parts$scan()$rows)
        paste0(short_file(file), " (", layout$title, ")",
            if (is.null(note)) "." else sub("^Columns", "", note))
    })
}

# What the layout says beside the fields: CDR3s without their ends, flags and
# loci that are not written.
fields_as_airr <- function(fields, layout, file, line_of) {
    table <- in_our_words(fields$table, file, line_of)
    n <- length(table[[1L]])
    for (rows in rows_without_ends(fields$filled, layout$stripped)) {
        table$cdr3_aa <- rep_len("", n)
        table$cdr3_aa[rows] <- table$junction_aa[rows]
        table$junction_aa[rows] <- ""
    }
    if (length(layout$chain)) {
        locus <- row_loci(n, table$locus, table$v_call, table$j_call)
        table$locus <- replace(locus, locus == "", layout$chain)
    }
    for (name in intersect(c("productive", "is_cell"), names(table))) {
        flag <- table[[name]]
        if (name == "productive" && isFALSE(layout$blank_productive)) {
            flag[is.na(flag)] <- FALSE
        }
        table[[name]] <- c("F", "T")[flag + 1L]
    }
    table
}
