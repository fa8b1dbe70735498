# Tables as text, a part after the other:
#
#   "tsv", "csv"  a field that has a separator, a quote or a line end stands in
#                 quotes, and quotes in it are doubled (RFC 4180)
#   "airr"        has no quotes: a tab or a line end becomes a space
#
# What had to change, and what a spreadsheet takes for a formula, is counted,
# and told once for all files of a call.

table_writer <- function(format, safe = FALSE) {
    writer <- new.env()
    writer$format <- format
    writer$separator <- if (format == "csv") "," else "\t"
    writer$safe <- safe
    writer$spaced <- 0
    writer$formulas <- 0
    writer$example <- character()
    writer
}

# Calls write(put); put(table) writes a part behind those before, the first
# with the header. `path` "" is the standard output.
write_tables <- function(writer, path, compressed, write) {
    write_parts(writer, path, compressed, function(put, put_text) write(put))
}

# The same, for who has rows as text too: put_text(append) calls append(file),
# which writes them behind what is there, and returns its value.
write_parts <- function(writer, path, compressed, write) {
    sink <- if (compressed) packed_sink(path) else plain_sink(path)
    on.exit(sink$abandon())
    header <- NULL
    write(function(table) {
        first <- is.null(header)
        if (first) header <<- names(table)
        # Parts behind the first are written without names. Made here, or what
        # is wrong with a table would be told as a file that can't be written.
        fields <- text_fields(table[header], writer)
        sink$put(fields, first, writer)
    }, sink$put_text)
    sink$finish()
}

plain_sink <- function(path) {
    list(
        put = function(table, header, writer) {
            write_part(table, path, header, writer, path)
        },
        put_text = function(append) text_or_error(path, append(path)),
        finish = function() invisible(),
        abandon = function() NULL
    )
}

# One stream from beginning to end. A part is text first, for R's connections
# are slow at making it; and fwrite() packs one part well and damages what it
# appends.
packed_sink <- function(path) {
    part <- tempfile("clustcr-")
    open <- FALSE
    written <- 0
    # Level 6 takes two thirds longer to save two percent.
    stream <- io_or_error(path, gzfile(path, "wb", compression = 5))
    open <- TRUE
    close_stream <- function() {
        if (open) close(stream)
        open <<- FALSE
    }
    list(
        put = function(table, header, writer) {
            write_part(table, part, TRUE, writer, path, header)
            written <<- written + io_or_error(path, pour(part, stream))
        },
        put_text = function(append) {
            unlink(part)
            value <- text_or_error(path, append(part))
            if (file.exists(part)) {
                written <<- written + io_or_error(path, pour(part, stream))
            }
            value
        },
        finish = function() {
            close_stream()
            # A disk may have become full at the very end, which close() does
            # not tell.
            if (packed_length(path) != written %% 2^32) {
                cant_write(path, "it is not whole; is the disk full?")
            }
        },
        abandon = function() {
            close_stream()
            unlink(part)
        }
    )
}

# The core names no file, which may be one beside that of the user.
text_or_error <- function(path, code) {
    tryCatch(code, clustcr_error_not_written = function(e) {
        cant_write(path, conditionMessage(e))
    })
}

# Connections tell of a full disk by a warning.
io_or_error <- function(path, code) {
    refuse <- function(e) cant_write(path, conditionMessage(e))
    tryCatch(code, error = refuse, warning = refuse)
}

# Copies a file to a stream; how many bytes.
pour <- function(part, stream, step = 2^24) {
    source <- file(part, "rb")
    on.exit(close(source))
    n <- 0
    repeat {
        bytes <- readBin(source, "raw", step)
        if (!length(bytes)) return(n)
        writeBin(bytes, stream)
        n <- n + length(bytes)
    }
}

# How long the content is, modulo 2^32, by the last four bytes.
packed_length <- function(path) {
    if (file.size(path) < 18) return(-1)
    source <- file(path, "rb")
    on.exit(close(source))
    seek(source, file.size(path) - 4)
    halves <- readBin(source, "integer", 2L, 2L, signed = FALSE,
        endian = "little")
    halves[1L] + halves[2L] * 2^16
}

# To a file of its own, `header` or not, or (`fresh` FALSE) behind what is
# there; errors name `path`.
write_part <- function(table, file, fresh, writer, path, header = fresh) {
    tryCatch(
        data.table::fwrite(table, file, append = !fresh,
            sep = writer$separator, col.names = header, compress = "none",
            quote = if (writer$format == "csv") "auto" else FALSE,
            nThread = 1L, showProgress = FALSE),
        error = function(e) cant_write(path, conditionMessage(e))
    )
}

# Numbers are in the C locale's way whatever R's options: 100000 is not 1e+05.
text_fields <- function(table, writer) {
    table[] <- lapply(table, function(x) {
        if (is.factor(x)) x <- as.character(x)
        if (is.double(x)) {
            text <- format(x, scientific = FALSE, trim = TRUE,
                decimal.mark = ".", big.mark = "", digits = 17)
            text[is.na(x)] <- NA
            return(text)
        }
        if (is.character(x)) as_fields(x, writer) else x
    })
    names(table) <- held_by_format(names(table), writer)
    table
}

# Few fields need anything: these are found by one look at the bytes.
as_fields <- function(text, writer) {
    at <- which(grepl("[\t\r\n\"]|^[-=+@]", text, perl = TRUE,
        useBytes = TRUE))
    if (!length(at)) return(text)
    odd <- text[at]
    formula <- is_formula(odd)
    if (any(formula)) {
        writer$formulas <- writer$formulas + sum(formula)
        if (!length(writer$example)) writer$example <- odd[formula][1L]
        if (writer$safe) odd[formula] <- paste0("'", odd[formula])
    }
    text[at] <- held_by_format(odd, writer)
    text
}

held_by_format <- function(text, writer) {
    broken <- grepl("[\t\r\n]", text, perl = TRUE, useBytes = TRUE)
    if (writer$format == "airr") {
        if (!any(broken)) return(text)
        writer$spaced <- writer$spaced + sum(broken)
        text[broken] <- marked_utf8(gsub("\r\n|[\t\r\n]", " ", text[broken],
            perl = TRUE, useBytes = TRUE))
        return(text)
    }
    # Of CSV fwrite() does it.
    if (writer$format == "csv") return(text)
    quoted <- broken | grepl("\"", text, fixed = TRUE, useBytes = TRUE)
    text[quoted] <- marked_utf8(paste0("\"", gsub("\"", "\"\"", text[quoted],
        fixed = TRUE, useBytes = TRUE), "\""))
    text
}

# What spreadsheets calculate. Numbers are none, nor are aligned sequences.
is_formula <- function(text) {
    grepl("^[-=+@\t\r]", text, perl = TRUE, useBytes = TRUE) &
        !grepl("^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$|^[-.*ACGTNacgtn]+$", text,
            perl = TRUE, useBytes = TRUE)
}

# `how`: what the user can do about formulas.
tell_of_fields <- function(writer, how) {
    if (writer$spaced) {
        inform("fields", count_words(writer$spaced, "field has", "fields have"),
            " tabs or line ends, which AIRR's tables can't hold: each is ",
            "written as a space.")
    }
    if (writer$formulas) {
        one <- writer$formulas == 1
        inform("fields", count_words(writer$formulas, "field begins",
            "fields begin"), " with =, +, - or @ (such as ",
            given(writer$example), "), which a spreadsheet takes for ",
            if (one) "a formula" else "formulas",
            if (writer$safe) "; an apostrophe stands before." else
                paste0(". ", how))
    }
}
