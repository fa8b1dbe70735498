# Files that hold several repertoires, told apart by a column: each becomes a
# row of the sheet. A row whose file other rows have, too, is of the part of the
# file that has its `repertoire_id`.

# The repertoires of a file in the order of the C locale, "" for rows without
# one; none where no column tells. What can't be read tells so later.
repertoires_in <- function(file, reading) {
    if (cpp_file_kind(path.expand(file)) != "file" ||
        !may_name_repertoires(file, reading)) return(character())
    tryCatch(
        sort(repertoire_column(file, reading), method = "radix"),
        clustcr_error = function(e) character()
    )
}

# Whether the beginning of a file has a word for such a column. Most have none,
# and need not be unpacked for it.
may_name_repertoires <- function(file, reading) {
    names <- c(usual_names$repertoire_id, unlist(lapply(
        repertoire_formats(), function(x) x$columns$repertoire_id)))
    if (!is.null(as.list(reading$columns)$repertoire_id)) return(TRUE)
    if (grepl("[.](zst|zip|parquet)$", file, ignore.case = TRUE)) return(TRUE)
    connection <- file(path.expand(file), "rt", encoding = "native.enc")
    on.exit(close(connection))
    lines <- suppressWarnings(readLines(connection, 100L, skipNul = TRUE))
    lines <- lines[validUTF8(lines)]
    # To make all words normal would take longer than to read a small file. A
    # word that is one of the names begins with the same letters, small ones
    # with the bit of 32.
    names <- remembered("normal names", names, function(names) {
        list(normal = normal_name(names))
    })$normal
    bytes <- charToRaw(paste(lines, collapse = "\n")) | as.raw(32L)
    for (first in unique(sub("_.*$", "", names))) {
        if (length(grepRaw(first, bytes, fixed = TRUE))) {
            words <- unlist(strsplit(lines, "[\t,;|]"))
            return(any(normal_name(words) %in% names))
        }
    }
    FALSE
}

repertoire_column <- function(file, reading) {
    asked <- asked_reading(reading)
    source <- open_source(file, streamed = TRUE, granted_threads())
    on.exit(close_source(source))
    layout <- find_layout(source, asked$format, asked$options)
    at <- layout$columns$repertoire_id
    if (is.null(at) || !nzchar(layout$separator)) return(character())
    table <- open_table(source, layout, at, factors = at)
    on.exit(table$close(), add = TRUE)
    found <- character()
    while (cpp_part_rows(part <- table$take(1e6)) > 0) {
        columns <- table$vectors(part)
        found <- union(found, without_words(fill_text(columns)$values))
    }
    refuse_damage(table$seen(), layout, file)
    found
}

# The sheet with a row for each repertoire of a file that has several. `named`:
# whether the user has named the repertoires.
divide_files <- function(sheet, reading, named) {
    files <- unique(sheet$file)
    # A file that is there twice must be divided: it is looked at anyhow.
    inside <- lapply(files, repertoires_in, reading)
    several <- lengths(inside) > 1L
    twice <- files %in% sheet$file[duplicated(sheet$file)]
    for (k in which(several & (!named | twice))) {
        tell_repertoires(files[k], inside[[k]])
    }
    for (k in which(several & named & !twice)) {
        inform("sheet", shown_file(files[k]), " holds ", length(inside[[k]]),
            " repertoires (", name_some(inside[[k]], 3L), "), which are taken ",
            "as one, ", given(sheet$repertoire_id[sheet$file == files[k]]),
            ", the name you gave. Without it, they stay apart.")
    }
    if (!named && any(twice)) {
        raise_error("samples", paste0("each `file` must be there once; ",
            name_some(files[twice]), " is there more often"))
    }
    if (named) {
        for (k in which(twice)) check_divided(sheet, files[k], inside[[k]])
        return(sheet)
    }
    rows <- lapply(seq_len(nrow(sheet)), function(i) {
        k <- match(sheet$file[i], files)
        if (!several[k]) return(sheet[i, , drop = FALSE])
        own <- sheet[rep(i, length(inside[[k]])), , drop = FALSE]
        own$repertoire_id <- ifelse(nzchar(inside[[k]]), inside[[k]],
            sheet$repertoire_id[i])
        own
    })
    sheet <- do.call(rbind, rows)
    rownames(sheet) <- NULL
    sheet
}

tell_repertoires <- function(file, ids) {
    inform("sheet", shown_file(file), " holds ", shown_number(length(ids)),
        " repertoires: ", name_some(ids[nzchar(ids)]), if (!all(nzchar(ids)))
            ", and rows without one, which are called after the file", ".")
}

# The rows that a user has given for a file must be the repertoires in it.
check_divided <- function(sheet, file, inside) {
    own <- sheet$repertoire_id[sheet$file == file]
    if (length(inside) > 1L && setequal(own, inside[nzchar(inside)]) &&
        all(nzchar(inside))) return(invisible())
    raise_error("samples", paste0(
        "each `file` must be there once, or once for each of the repertoires ",
        "in it; ", shown_file(file), " is there for ", name_some(own),
        ", and ", if (length(inside) > 1L) paste0("holds ", name_some(inside))
        else "no column says that it holds several"
    ))
}

# Which rows of the sheet are a part of their file.
is_divided <- function(sheet) sheet$file %in% sheet$file[duplicated(sheet$file)]

# Files of ours that were put together of others (R/read_bound.R): they are
# read as AIRR's, whatever is said of those.
bound_by_fields <- new.env()

reading_of_bound <- function(reading, file) {
    if (!file %in% names(bound_by_fields)) return(reading)
    known <- intersect(c("format", "columns", "header", "skip"),
        names(reading))
    utils::modifyList(reading, parameter_defaults(known), keep.null = TRUE)
}

# How the file of a row is read.
reading_of_row <- function(plan, row) {
    reading <- reading_of_bound(plan$reading, row$path)
    if (row$file %in% plan$sheet$file[is_divided(plan$sheet)]) {
        reading$of <- row$repertoire_id
    }
    reading
}

# "2 files", "3 repertoires in 1 file".
count_files <- function(sheet) {
    files <- length(unique(sheet$file))
    text <- count_words(files, "file", "files")
    if (files == nrow(sheet)) return(text)
    paste(count_words(nrow(sheet), "repertoire", "repertoires"), "in", text)
}

# The file that was divided last: its repertoires are asked for one after the
# other, and it is read once. What is read in parts waits in files.
divided <- new.env()

forget_divided <- function() {
    unlink(divided$folder, recursive = TRUE)
    rm(list = ls(divided), envir = divided)
}

# Calls FUN with each part of the rows of repertoire `of`; `reading` and the
# value are as of read_in_parts().
read_one_of_several <- function(file, of, reading, chunk, FUN) {
    key <- list(normalizePath(file), file_check(file), reading, chunk,
        Sys.getpid())
    if (!identical(divided$key, key)) divide_rows(file, reading, chunk, key)
    # Rows without a name have that of the file.
    if (!of %in% names(divided$parts) && "" %in% names(divided$parts)) of <- ""
    at <- match(of, names(divided$parts))
    if (is.na(at)) {
        raise_error("changed", paste0(shown_file(file), " has no rows of ",
            "repertoire ", given(of), " any more"))
    }
    for (part in divided$parts[[at]]) {
        FUN(if (is.character(part)) readRDS(part) else part)
    }
    divided$note
}

divide_rows <- function(file, reading, chunk, key) {
    forget_divided()
    if (!is.null(chunk)) dir.create(divided$folder <- tempfile("clustcr-"))
    asked <- asked_reading(reading)
    asked$options$by_repertoire <- TRUE
    reader <- open_reader(file, asked$format, asked$options, chunk)
    on.exit(reader$close())
    parts <- list()
    n <- 0
    while (!is.null(table <- reader$read())) {
        tables <- tables_by_repertoire(table)
        for (k in seq_along(tables)) {
            # "" is a name too, but none that [[ ]] takes.
            id <- names(tables)[k]
            part <- tables[[k]]
            n <- n + 1
            if (!is.null(chunk)) {
                path <- file.path(divided$folder, n)
                saveRDS(part, path, compress = FALSE)
                part <- path
            }
            at <- match(id, names(parts), length(parts) + 1L)
            parts[[at]] <- c(if (at <= length(parts)) parts[[at]], list(part))
            names(parts)[at] <- id
        }
    }
    divided$note <- reader$said()
    divided$parts <- parts
    divided$key <- key
}

# A table for each repertoire, with the counts of its own rows that were left
# out; those that end too early are counted for the first.
tables_by_repertoire <- function(table) {
    skipped <- attr(table, "skipped_by")
    malformed <- attr(table, "skipped")[["malformed"]]
    rows <- split(seq_len(nrow(table)), factor(table$repertoire_id,
        names(skipped)))
    found <- lapply(seq_along(skipped), function(k) {
        own <- table[rows[[k]], , drop = FALSE]
        rownames(own) <- NULL
        counts <- skipped[[k]]
        if (k == 1L) counts[["malformed"]] <- malformed
        structure(own, skipped = counts, skipped_by = NULL)
    })
    stats::setNames(found, names(skipped))
}
