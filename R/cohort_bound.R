# Repertoires of several files - lanes, chains, chunks - which a sheet, or the
# names of the files, give one name: they are read as one file, the rows of one
# behind those of the other, so that the chains of a cell come together.

# The sheet with a row for each repertoire. `named`: whether somebody has named
# them.
whole_repertoires <- function(sheet, reading, named) {
    if (named) return(bind_files(sheet, reading))
    tell_parts(sheet$repertoire_id)
    sheet
}

bind_files <- function(sheet, reading) {
    parted <- unique(sheet$repertoire_id[duplicated(sheet$repertoire_id) &
        !is_divided(sheet)])
    if (!length(parted)) return(sheet)
    asked <- asked_reading(reading)
    folder <- tempfile("bound-")
    dir.create(folder)
    for (k in seq_along(parted)) {
        rows <- which(sheet$repertoire_id == parted[k])
        files <- sheet$file[rows]
        inform("sheet", "Repertoire ", given(parted[k]), " is of ",
            count_text(length(files), "file"), ": ",
            paste(shown_file(basename(files)), collapse = ", "), ".")
        path <- file.path(folder, paste0(k, ".tsv"))
        file_labels[[path]] <- paste("repertoire", given(parted[k]))
        bind_text(files, path, asked)
        sheet$file[rows[1L]] <- path
        sheet <- sheet[-rows[-1L], , drop = FALSE]
    }
    sheet
}

# The first file, and of each of the others what is behind its header.
bind_text <- function(files, path, asked) {
    first <- NULL
    between <- ""
    for (file in files) {
        source <- open_source(file)
        tryCatch({
            layout <- find_layout(source, asked$format, asked$options)
            way <- layout[c("header", "separator", "quoted", "line_end")]
            if (!is.null(first)) refuse_other_way(way, first, file, files[1L])
            cpp_append_file(source$path, if (is.null(first)) 0
                else layout$start, between, path)
            between <- ""
            if (file != files[length(files)]) {
                between <- end_of_last_row(source, layout, file)
            }
            if (is.null(first)) first <- way
        }, finally = close_source(source))
    }
}

refuse_other_way <- function(way, first, file, other) {
    if (identical(way, first)) return(invisible())
    raise_error("format", paste0("files of one repertoire must have the same ",
        "columns, written in the same way; ", shown_file(file), " has ",
        shown_names(way$header), ", and ", shown_file(other), " has ",
        shown_names(first$header)))
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
