# Repertoires of several files - lanes, chains, chunks - which a sheet, or the
# names of the files, give one name: they are read as one file, the rows of one
# behind those of the other, so that the chains of a cell come together.

# The sheet with a row for each repertoire.
bind_files <- function(sheet, reading) {
    parted <- unique(sheet$repertoire_id[duplicated(sheet$repertoire_id) &
        !is_divided(sheet)])
    if (!length(parted)) return(sheet)
    known <- intersect(names(reading), names(formals(reading_options)))
    options <- do.call(reading_options, reading[known])
    format <- if (is.null(reading$format)) "auto" else reading$format
    folder <- tempfile("bound-")
    dir.create(folder)
    for (k in seq_along(parted)) {
        rows <- which(sheet$repertoire_id == parted[k])
        files <- sheet$file[rows]
        inform("sheet", "Repertoire ", given(parted[k]), " is of ",
            count_text(length(files), "file"), ": ",
            paste(shown_file(basename(files)), collapse = ", "), ".")
        path <- file.path(folder, paste0(k, ".tsv"))
        bind_text(files, path, format, options)
        sheet$file[rows[1L]] <- path
        sheet <- sheet[-rows[-1L], , drop = FALSE]
    }
    sheet
}

bind_text <- function(files, path, format, options) {
    first <- NULL
    for (file in files) {
        source <- open_source(file)
        layout <- tryCatch({
            layout <- find_layout(source, format, options)
            start <- if (is.null(first)) 0 else layout$start
            append_bytes(source$path, start, path)
            layout
        }, finally = close_source(source))
        what <- layout[c("header", "separator")]
        if (is.null(first)) first <- what
        if (!identical(what, first)) {
            raise_error("format", paste0("files of one repertoire must have ",
                "the same columns; ", shown_file(file), " has ",
                shown_names(layout$header), ", and ", shown_file(files[1L]),
                " has ", shown_names(first$header)))
        }
    }
}

# What is behind byte `start`, with a line end behind the last line.
append_bytes <- function(from, start, to) {
    input <- file(from, "rb")
    on.exit(close(input))
    output <- file(to, "ab")
    on.exit(close(output), add = TRUE)
    seek(input, start)
    last <- as.raw(0x0a)
    while (length(bytes <- readBin(input, "raw", 2^24))) {
        writeBin(bytes, output)
        last <- bytes[length(bytes)]
    }
    if (!last %in% as.raw(c(0x0a, 0x0d))) writeBin(as.raw(0x0a), output)
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
