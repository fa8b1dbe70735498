# Repertoires of several files - lanes, chains, chunks - which a sheet, or the
# names of the files, give one name: they are read as one file, the rows of one
# behind those of the other, so that the chains of a cell come together. Files
# of other columns: cohort_fields.R.

# The sheet with a row for each repertoire. `named`: whether somebody has named
# them.
whole_repertoires <- function(sheet, reading, named, on_error = "stop") {
    own <- if (named) rep_len(TRUE, nrow(sheet))
        else of_one_sample(sheet) | !is.na(hive_repertoire(sheet$file))
    if (!named) tell_parts(sheet$repertoire_id[!own])
    bind_files(sheet, own, reading, on_error)
}

# Receptors of alpha and beta, and of gamma and delta, that Cell Ranger has
# found in one sample.
of_one_sample <- function(sheet) {
    folder <- dirname(sheet$file)
    own <- basename(folder) %in% c("vdj_t", "vdj_t_gd")
    key <- paste(sheet$repertoire_id, dirname(folder), sep = "\t")
    own & key %in% key[own][duplicated(key[own])]
}

# `own`: which rows may be parts.
bind_files <- function(sheet, own, reading, on_error) {
    parted <- unique(sheet$repertoire_id[duplicated(sheet$repertoire_id) &
        !is_divided(sheet) & own])
    if (!length(parted)) return(sheet)
    check_parts_agree(sheet, parted)
    asked <- asked_reading(reading)
    folder <- tempfile("bound-")
    dir.create(folder)
    for (k in seq_along(parted)) {
        rows <- which(sheet$repertoire_id == parted[k] & own)
        files <- sheet$file[rows]
        path <- file.path(folder, paste0(k, ".csv"))
        file_labels[[path]] <- paste("repertoire", given(parted[k]))
        bind_or_skip(files, path, asked, on_error, paste("Repertoire",
            given(parted[k]), "is"))
        sheet$file[rows[1L]] <- path
        sheet <- sheet[-rows[-1L], , drop = FALSE]
        own <- own[-rows[-1L]]
    }
    sheet
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

# Files that are named as the parts of one are repertoires each, if nobody says
# otherwise: that is told.
tell_parts <- function(ids) {
    whole <- sub(paste0("[._-](L00[1-9]|lane[0-9]+|TR[ABGD]|alpha|beta|",
        "(part|chunk)[._-]?[0-9]+)(?=[._-]|$)"), "", ids, ignore.case = TRUE,
        perl = TRUE)
    parts <- whole != ids & whole %in% whole[duplicated(whole)]
    if (!any(parts)) return(invisible())
    some <- ids[whole == whole[parts][1L]]
    inform("sheet", "Files that look like parts of one repertoire (",
        name_some(some, 3L), ") are a repertoire each. A sheet that gives ",
        "them one `repertoire_id` takes them as one.")
}
