# Files that are one repertoire or one table, as one file of ours: rows behind
# rows where all are written in the same way, else by fields.

# What a user's sheet has in the place of such a file, which the next session
# does not have: his files, "a.tsv; b.tsv", or the folder of their table.
parts_of <- new.env()

remember_parts <- function(path, text) parts_of[[path]] <- text

# `files` as they are kept; `directory` is that of the clusters, in which this
# session finds its own files again.
kept_files <- function(files, directory = NULL) {
    own <- files %in% names(parts_of)
    kept <- replace(files, own, unlist(mget(files[own], parts_of)))
    if (!is.null(directory)) {
        for (i in which(own)) {
            own_copies[[paste(directory, kept[i], sep = "\n")]] <- files[i]
        }
    }
    kept
}

own_copies <- new.env()

# The user's files that such a text names; none where it is of one file.
named_parts <- function(text) {
    if (dir.exists(text)) {
        inside <- list.files(text, full.names = TRUE)
        return(inside[endsWith(small_letters(inside), ".parquet")])
    }
    if (file.exists(text)) return(character())
    parts <- strsplit(text, "; ", fixed = TRUE)[[1L]]
    if (length(parts) > 1L) parts else character()
}

# The path that the rows of a kept file are read from: itself, what this session
# has put together, or that anew, below `folder`.
path_of_kept <- function(file, directory, reading, folder) {
    copy <- own_copies[[paste(directory, file, sep = "\n")]]
    if (!is.null(copy) && file.exists(copy)) return(copy)
    parts <- named_parts(file)
    if (!length(parts) || !all(vapply(parts, cpp_file_kind, "") == "file")) {
        return(file)
    }
    path <- tempfile("bound-", folder, ".csv")
    file_labels[[path]] <- shown_file(file)
    suppressMessages(bind_to_one(parts, path, asked_reading(reading), ""))
    path
}

# Why files of ours are not there: what is said where they would be read.
unreadable <- new.env()

# `about`: what is of these files, for the message.
bind_or_skip <- function(files, path, asked, on_error, about) {
    tryCatch(
        bind_to_one(files, path, asked, about),
        clustcr_error = function(e) {
            if (on_error == "stop") stop(e)
            unlink(path)
            unreadable[[path]] <- list(error = e, files = files)
        }
    )
}

bind_to_one <- function(files, path, asked, about) {
    some <- short_file(utils::head(files, 10L))
    said <- paste0(about, " of ", count_text(length(files), "file"), ": ",
        paste(some, collapse = ", "), if (length(files) > 10L) ", ...", ".")
    # Each may be gone over twice.
    spooled <- spool_pipes(files)
    on.exit(unlink(spooled$temporary))
    for (i in which(spooled$paths != files)) {
        file_labels[[spooled$paths[i]]] <- short_file(files[i])
    }
    if (!bind_text(spooled$paths, path, asked)) {
        said <- paste(c(said, "Their columns differ:",
            bind_fields(spooled$paths, path, asked)), collapse = " ")
    }
    inform("sheet", said)
}

# The first file, and of each of the others what is behind its header; FALSE
# where not all are written in the same way.
bind_text <- function(files, path, asked) {
    first <- NULL
    between <- ""
    for (file in files) {
        same <- with_layout(file, asked, function(source, layout) {
            way <- layout[c("header", "separator", "quoted", "line_end")]
            if (is.null(first)) first <<- way
            if (!identical(way, first)) return(FALSE)
            cpp_append_file(source$path, if (file == files[1L]) 0
                else layout$start, between, path)
            between <<- if (file != files[length(files)]) {
                end_of_last_row(source, layout, file)
            }
            TRUE
        }, streamed = FALSE)
        if (!same) {
            unlink(path)
            return(FALSE)
        }
    }
    TRUE
}

# The line end that the last row lacks, "" where it has one. A row that was cut
# would be a whole one with a line end behind it, and a part of a CDR3 a CDR3.
end_of_last_row <- function(source, layout, file) {
    connection <- file(source$path, "rb")
    on.exit(close(connection))
    size <- file.size(source$path)
    seek(connection, max(0, size - 65536))
    bytes <- readBin(connection, "raw", 65536L)
    ends <- which(bytes == charToRaw(layout$line_end))
    row <- utils::tail(bytes, length(bytes) - max(ends, 0L))
    if (!length(row)) return("")
    fields <- split_fields(rawToChar(row[row != 0L]), layout$separator)
    # As the core has it: where others are short, a short one is whole.
    if (length(fields) < layout$fields &&
        look_through(source, layout)$padded[["rows"]] == 0) {
        raise_error("format", paste0(shown_file(file), " must be whole where ",
            "others follow it in a repertoire; it ends within a row"))
    }
    layout$line_end
}

# Files with different columns - of two programs, of two versions - as one file
# of fields: each is read by its own layout, and what is left out of it, and
# why, is found when that one file is read. What became of the columns of each.
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
