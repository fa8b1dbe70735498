# A plain text table as columns: its header is found, and the core goes over
# the rows. What would be lost without a word, it counts, and makes the file an
# error or a part of the report.

# What stands at the beginning of the file: list(lines, line_end, start, whole)
# with `start` the byte of the first line; more is read until `enough(lines)`.
read_head <- function(source, enough) {
    size <- 65536L
    # Of short lines there are many in it, of which few are looked at.
    most <- 200L
    repeat {
        bytes <- naming_file(source, cpp_first_bytes(source$path, size))
        whole <- length(bytes) < size
        refuse_nul_bytes(bytes, source$file)
        ends <- grepRaw("\n", bytes, fixed = TRUE, all = TRUE)
        if (length(ends) > most) {
            bytes <- bytes[seq_len(ends[most])]
            whole <- FALSE
        }
        head <- split_head(bytes, whole)
        if (whole || enough(head)) return(head)
        most <- Inf
        if (size >= 2^28) {
            raise_error("format", paste0(
                shown_file(source$file), " has no header: its first line ",
                "has no end"
            ))
        }
        size <- size * 8L
    }
}

split_head <- function(bytes, whole) {
    start <- 0L
    mark <- as.raw(c(0xef, 0xbb, 0xbf))
    if (identical(utils::head(bytes, 3L), mark)) start <- 3L
    text <- if (start) bytes[-(1:3)] else bytes
    has <- function(end) length(grepRaw(end, text, fixed = TRUE)) > 0L
    line_end <- if (has("\n") || !has("\r")) "\n" else "\r"
    lines <- strsplit(
        rawToChar(text), line_end, fixed = TRUE, useBytes = TRUE
    )[[1L]]
    closed <- length(text) &&
        identical(text[length(text)], charToRaw(line_end))
    if (!whole && !closed) lines <- lines[-length(lines)]
    Encoding(lines) <- "UTF-8"
    list(lines = lines, line_end = line_end, start = start, whole = whole)
}

refuse_nul_bytes <- function(bytes, file) {
    nul <- grepRaw(as.raw(0L), bytes, fixed = TRUE)
    if (length(nul)) refuse_nul(file, 1 + sum(bytes[seq_len(nul)] == 0x0a))
}

refuse_nul <- function(file, line) {
    raise_error("format", paste0(
        shown_file(file), " must be text in UTF-8; its line ",
        format(line, scientific = FALSE), " has NUL bytes, as binary files ",
        "and text in UTF-16 have"
    ))
}

# The fields of a line; quotes around them are none of theirs.
split_fields <- function(line, separator) {
    plain_fields(raw_fields(line, separator)[[1L]])
}

# The fields of each of some lines as they stand in the file, those of lines
# with quotes without them.
raw_fields <- function(lines, separator) {
    if (!length(lines)) return(list())
    lines <- sub("\r$", "", lines, useBytes = TRUE)
    # One that no line has.
    if (separator == "") separator <- "\n"
    # A space behind the last separator, for strsplit() drops what is empty
    # there.
    rows <- strsplit(paste0(lines, " "), separator, fixed = TRUE,
        useBytes = TRUE)
    for (i in grep("\"", lines, fixed = TRUE, useBytes = TRUE)) {
        fields <- tryCatch(
            scan(text = lines[i], what = "", sep = separator, quote = "\"",
                quiet = TRUE, strip.white = TRUE, encoding = "UTF-8"),
            error = function(e) NULL, warning = function(w) NULL
        )
        if (!is.null(fields)) rows[[i]] <- fields
    }
    rows
}

# Without spaces and quotes around them.
plain_fields <- function(fields) {
    fields <- as.character(fields)
    edged <- which(startsWith(fields, " ") | endsWith(fields, " ") |
        startsWith(fields, "\"") | endsWith(fields, "\""))
    fields[edged] <- gsub("^[ \"]+|[ \"]+$", "", fields[edged],
        useBytes = TRUE)
    Encoding(fields) <- "UTF-8"
    bad <- !validUTF8(fields)
    fields[bad] <- iconv(fields[bad], "latin1", "UTF-8")
    fields
}

# An error of the core names the file.
naming_file <- function(source, code) {
    tryCatch(code, clustcr_error = function(e) {
        kind <- sub("^clustcr_error_", "", class(e)[1L])
        raise_error(kind, paste0(
            shown_file(source$file), ": ", conditionMessage(e)
        ))
    })
}

# Stops at what makes the whole unreadable.
look_through <- function(source, layout) {
    scan <- naming_file(source, cpp_scan_table(source$path, layout,
        source$threads))
    refuse_damage(scan, layout, source$file)
    scan
}

refuse_damage <- function(scan, layout, file) {
    refuse <- function(problem, ...) {
        raise_error("format", paste0(
            shown_file(file), " can't be read as a table: line ",
            format(problem[["line"]], scientific = FALSE), ...
        ))
    }
    if (scan$nul[["rows"]]) refuse_nul(file, scan$nul[["line"]])
    if (scan$open_quote[["rows"]]) {
        refuse(scan$open_quote, " has a quote that does not end its field")
    }
    if (scan$stray_return[["rows"]]) {
        refuse(scan$stray_return, " has another line end within; all lines ",
            "must end alike")
    }
    long <- scan$too_long
    if (long[["rows"]]) {
        refuse(
            long, " has ", shown_number(long[["fields"]]),
            " fields where the header has ", shown_number(layout$fields),
            if (scan$rows == 0 && long[["fields"]] == layout$fields + 1) {
                "; are these row names without a name in the header?"
            }
        )
    }
    if (scan$separators[["rows"]] && !nzchar(layout$separator)) {
        refuse(scan$separators, " has several fields (a tab, comma, ",
            "semicolon, | or space divides them), and the first line is no ",
            "header that is known")
    }
}

# The line of a row of the table, for messages.
line_of <- function(row, layout, scan) {
    line <- layout$line + row - 1
    for (malformed in scan$malformed_lines) {
        if (malformed <= line) line <- line + 1
    }
    format(line, scientific = FALSE)
}

# As the core counts kinds of columns.
column_kinds <- c(text = 0L, factor = 1L, number = 2L)

# Columns `at` of a table under way. take(rows) gives the next rows as the core
# has them; vectors(rows) makes a list of vectors of them, in the order of `at`:
# text but for `numbers` (which are text where one is no number) and `factors`.
# seen() is what was in all that was taken.
open_table <- function(source, layout, at, numbers = NULL, factors = NULL) {
    places <- unique(as.integer(at))
    kinds <- rep_len(column_kinds[["text"]], length(places))
    kinds[places %in% factors] <- column_kinds[["factor"]]
    kinds[places %in% numbers] <- column_kinds[["number"]]
    # Of plain text a second thread takes as much time from others as it saves.
    table <- naming_file(source, cpp_table_open(source$path, layout, places,
        kinds, source$threads))
    list(
        places = places,
        take = function(rows = 2^53) {
            naming_file(source, cpp_table_take(table, rows))
        },
        vectors = function(rows) {
            columns <- cpp_part_columns(table, rows)
            lapply(match(at, places), function(i) columns[[i]])
        },
        levels = function(place, from) {
            cpp_table_levels(table, match(place, places), from)
        },
        ended = function() naming_file(source, cpp_table_ended(table)),
        seen = function() cpp_table_seen(table),
        close = function() cpp_table_close(table)
    )
}

# Columns of few values, of which only the distinct ones are looked at.
few_valued <- c("v_call", "j_call", "locus", "productive", "is_cell",
    "repertoire_id")

# The table of a layout: columns(rows) by our names, a list of those of the
# file for each; levels(place, from) of the columns `few`.
open_columns <- function(source, layout) {
    at <- layout$columns
    names <- names(at)
    few <- if (is.null(layout$tidy)) {
        names[sub("_(alpha|beta|gamma|delta)$", "", names) %in% few_valued]
    }
    table <- open_table(source, layout, unlist(at, use.names = FALSE),
        if (counts_are_numbers(layout)) unlist(at["duplicate_count"]),
        unlist(at[few]))
    by_name <- factor(rep(names, lengths(at)), names)
    columns <- function(rows) {
        columns <- table$vectors(rows)
        # A column that was written with quotes, or some fields of it.
        if (!layout$quoted) {
            texts <- vapply(columns, is.character, NA)
            columns[texts] <- lapply(columns[texts], without_quotes)
        }
        columns <- split(columns, by_name)
        # Nobody goes by its levels.
        ids <- intersect("repertoire_id", names)
        columns[ids] <- lapply(columns[ids], lapply, as.character)
        columns
    }
    list(
        columns = columns, few = few, places = table$places, take = table$take,
        levels = table$levels, ended = table$ended,
        seen = table$seen, close = table$close
    )
}

# Where semicolons divide, a dot may stand before thousands: 1.234 is asked
# about, and as a number would be 1.234.
counts_are_numbers <- function(layout) layout$separator %in% c("\t", ",", "|")

without_quotes <- function(lines) {
    quoted <- which(startsWith(lines, "\""))
    lines[quoted] <- marked_utf8(sub("^\"(.*)\"$", "\\1", lines[quoted],
        useBytes = TRUE))
    lines
}

# A file's rows, `chunk` at a time, or all where it is NULL. read() gives the
# next part, list(pointer, rows, first, columns, line_of), `first` rows were
# before these, or NULL behind the last; a part is there until the next is asked
# for. scan() is what was seen in all, or so far. Parts are given out once
# nothing behind them makes the file unreadable, but with `unseen`, for those
# who keep nothing of them then.
open_parts <- function(source, layout, chunk, unseen = FALSE) {
    looked <- !is.null(chunk) && !unseen
    scan <- if (looked) look_through(source, layout)
    refuse_grouped_counts(source, layout)
    table <- open_columns(source, layout)
    first <- 0
    done <- FALSE
    # R's collector does not know how large a part is.
    pointer <- NULL
    forget <- function() {
        if (!is.null(pointer)) cpp_part_forget(pointer)
        pointer <<- NULL
    }
    read <- function() {
        forget()
        if (done) return(NULL)
        pointer <<- if (is.null(chunk)) table$take() else table$take(chunk)
        rows <- cpp_part_rows(pointer)
        done <<- table$ended()
        if (looked) {
            refuse_other_rows(rows, min(chunk, scan$rows - first), source$file)
        } else {
            scan <<- table$seen()
            refuse_damage(scan, layout, source$file)
        }
        before <- first
        first <<- first + rows
        list(
            pointer = pointer, rows = rows, first = before,
            columns = function() table$columns(pointer),
            line_of = function(row) line_of(row + before, layout, scan)
        )
    }
    close <- function() {
        forget()
        table$close()
    }
    list(read = read, scan = function() scan, table = table, close = close)
}

# A file that is written to while it is read.
refuse_other_rows <- function(rows, counted, file) {
    if (rows == counted) return(invisible())
    raise_error("format", paste0(
        shown_file(file), " can't be read as a table: ",
        shown_number(counted), " rows were counted and ",
        shown_number(rows), " could be read"
    ))
}

# fread() stops at what it can't read with a warning only: an error here, for
# what stands behind it would be lost without a word. Warnings are collected,
# for leaving fread() at one makes the next call warn of this one.
strict_fread <- function(name, ..., quote = "\"") {
    refuse <- function(problem) {
        # What the reader advises, its own caller can follow.
        problem <- gsub(paste0(" (Consider [^<]*?=|If the fields are not ",
            "quoted )[^<]*"), " ", problem, perl = TRUE, useBytes = TRUE)
        raise_error("format", paste0(
            shown_file(name), " can't be read as a table: ", problem
        ))
    }
    problems <- character()
    table <- withCallingHandlers(
        tryCatch(
            data.table::fread(
                ..., quote = quote, encoding = "UTF-8", data.table = FALSE,
                showProgress = FALSE
            ),
            error = function(e) refuse(conditionMessage(e))
        ),
        warning = function(w) {
            problems <<- c(problems, conditionMessage(w))
            tryInvokeRestart("muffleWarning")
        }
    )
    # A call before this one, interrupted by the user.
    of_another <- grepl("Previous fread() session", problems, fixed = TRUE,
        useBytes = TRUE)
    problems <- problems[!of_another]
    if (length(problems)) refuse(encodeString(problems[1L]))
    if (nzchar(quote)) undouble_quotes(table) else table
}

# fread() takes the quotes around a field away, and leaves those in it doubled.
undouble_quotes <- function(table) {
    single <- function(x) {
        at <- which(grepl("\"\"", x, fixed = TRUE, useBytes = TRUE))
        if (length(at)) x[at] <- marked_utf8(
            gsub("\"\"", "\"", x[at], fixed = TRUE, useBytes = TRUE))
        x
    }
    names(table) <- single(names(table))
    for (i in seq_along(table)) {
        if (is.character(table[[i]])) table[[i]] <- single(table[[i]])
        # Two levels may become one.
        else if (is.factor(table[[i]])) {
            levels(table[[i]]) <- single(levels(table[[i]]))
        }
    }
    table
}

# Text must be UTF-8: what is not would be damaged or lost later on.
check_utf8 <- function(text, name, file, line_of) {
    valid <- validUTF8(if (is.factor(text)) levels(text) else text)
    if (!all(valid)) {
        bad <- which(if (is.factor(text)) !valid[as.integer(text)] else !valid)
        raise_error("format", paste0(
            shown_file(file), " must be text in UTF-8; `", name, "` in line ",
            line_of(bad[1L]), " is not"
        ))
    }
    text
}

advice_on_count <- function(text) {
    if (grepl("^[0-9]+(,[0-9]+)+$", text)) {
        ". Write counts without commas"
    } else if (bare_name(text) %in% bare_name(usual_names$duplicate_count)) {
        ". Is it a header again, as tables written behind each other have?"
    }
}

# Numbers; blanks are missing. A column of blanks only is logical in R.
count_column <- function(count, file, line_of) {
    if (is.character(count)) {
        check_utf8(count, "duplicate_count", file, line_of)
    }
    if (!is.numeric(count)) {
        text <- trimmed(as.character(count))
        blank <- is.na(text) | text %in% no_value
        count <- suppressWarnings(as.numeric(text))
        wrong <- is.na(count) & !blank
        shown <- text
    } else {
        wrong <- rep(FALSE, length(count))
        shown <- count
    }
    # From 2^53 on numbers are rounded on the way in.
    ends <- suppressWarnings(range(count, na.rm = TRUE))
    if (ends[1L] < 0 || ends[2L] >= 2^53) {
        wrong <- wrong | (!is.na(count) & (count < 0 | count >= 2^53))
    }
    wrong <- which(wrong)
    if (length(wrong)) {
        raise_error("format", paste0(
            "`duplicate_count` of ", shown_file(file), " must hold numbers ",
            "from 0 to 2^53, not ", given(shown[wrong[1L]]), " (line ",
            line_of(wrong[1L]), ")",
            advice_on_count(shown[wrong[1L]])
        ))
    }
    count
}

# Asked of the whole file, for a part may have what tells.
refuse_grouped_counts <- function(source, layout) {
    at <- layout$columns$duplicate_count
    if (is.null(at) || counts_are_numbers(layout)) return(invisible())
    table <- open_table(source, layout, at)
    on.exit(table$close())
    columns <- table$vectors(table$take())
    scan <- table$seen()
    refuse_damage(scan, layout, source$file)
    # A blank of one column is filled from the next.
    rows <- seq_along(columns[[1L]])
    for (text in columns) {
        text <- trimmed(text[rows])
        blank <- text %in% no_value
        refuse_grouped(text[!blank], rows[!blank], source$file,
            function(row) line_of(row, layout, scan))
        rows <- rows[blank]
    }
}

# Whether "1.234" is a thousand or one and a bit, nothing tells where all others
# are whole numbers of up to three digits.
refuse_grouped <- function(text, rows, file, line_of) {
    grouped <- grepl("^[0-9]{1,3}([.][0-9]{3})+$", text)
    if (!any(grouped) || !all(grouped | grepl("^[0-9]{1,3}$", text))) {
        return(invisible())
    }
    first <- which(grouped)[1L]
    raise_error("format", paste0(
        "`duplicate_count` of ", shown_file(file), " must say what its dots ",
        "are: ", given(text[first]), " (line ", line_of(rows[first]), ") is ",
        gsub(".", "", text[first], fixed = TRUE), " or a bit more than ",
        sub("[.].*", "", text[first]), ". Write counts without dots; ",
        "columns = c(duplicate_count = \"\") reads the file without them"
    ))
}
