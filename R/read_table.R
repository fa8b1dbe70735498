# A plain text table as columns: its header is found, the whole is looked
# through once for what a parser would lose without a word, and then
# data.table::fread() reads the columns that are needed.

# What stands at the beginning of the file: list(lines, line_end, start, whole)
# with `start` the byte of the first line; more is read until `enough(lines)`.
read_head <- function(source, enough) {
    size <- 65536L
    repeat {
        bytes <- readBin(source$path, "raw", size)
        whole <- length(bytes) < size
        head <- split_head(bytes, whole, source$file)
        if (whole || enough(head)) return(head)
        if (size >= 2^28) {
            raise_error("format", paste0(
                shown_file(source$file), " has no header: its first line ",
                "has no end"
            ))
        }
        size <- size * 8L
    }
}

split_head <- function(bytes, whole, file) {
    start <- 0L
    mark <- as.raw(c(0xef, 0xbb, 0xbf))
    if (identical(utils::head(bytes, 3L), mark)) start <- 3L
    nul <- grepRaw(as.raw(0L), bytes, fixed = TRUE)
    if (length(nul)) refuse_nul(file, 1 + sum(bytes[seq_len(nul)] == 0x0a))
    text <- if (start) bytes[-(1:3)] else bytes
    feed <- any(text == 0x0a)
    line_end <- if (feed || !any(text == 0x0d)) "\n" else "\r"
    lines <- strsplit(
        rawToChar(text), line_end, fixed = TRUE, useBytes = TRUE
    )[[1L]]
    closed <- length(text) &&
        identical(text[length(text)], charToRaw(line_end))
    if (!whole && !closed) lines <- lines[-length(lines)]
    Encoding(lines) <- "UTF-8"
    list(lines = lines, line_end = line_end, start = start, whole = whole)
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
    line <- sub("\r$", "", line, useBytes = TRUE)
    # One that no line has.
    if (separator == "") separator <- "\n"
    fields <- if (grepl("\"", line, fixed = TRUE, useBytes = TRUE)) {
        tryCatch(
            scan(text = line, what = "", sep = separator, quote = "\"",
                quiet = TRUE, strip.white = TRUE, encoding = "UTF-8"),
            error = function(e) NULL, warning = function(w) NULL
        )
    }
    if (is.null(fields)) {
        # A space behind the last separator, for strsplit() drops what is
        # empty there.
        fields <- strsplit(paste0(line, " "), separator, fixed = TRUE,
            useBytes = TRUE)[[1L]]
    }
    fields <- gsub("^[ \"]+|[ \"]+$", "", fields, useBytes = TRUE)
    Encoding(fields) <- "UTF-8"
    bad <- !validUTF8(fields)
    fields[bad] <- iconv(fields[bad], "latin1", "UTF-8")
    fields
}

# Looks the file through. Stops at what makes the whole unreadable, and makes
# a clean copy where rows are uneven: list(source, scan).
scan_source <- function(source, layout, chunk_rows) {
    scan_once <- function(copy) {
        tryCatch(
            cpp_scan_table(source$path, layout, chunk_rows, copy),
            clustcr_error = function(e) {
                kind <- sub("^clustcr_error_", "", class(e)[1L])
                raise_error(kind, paste0(
                    shown_file(source$file), ": ", conditionMessage(e)
                ))
            }
        )
    }
    scan <- scan_once("")
    refuse_damage(scan, layout, source$file)
    clean <- !scan$uneven && layout$line_end == "\n"
    if (!clean && nzchar(layout$separator)) {
        source <- as_copy(source, function(copy) scan <<- scan_once(copy))
    }
    list(source = source, scan = scan, clean = clean)
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

# Columns `at` of rows `from` to `to` (bytes of the file): a list of vectors
# in the order of `at`, text but for those `numbers` and `factors`. A clean file
# is read in place; of another, and of a part, a copy with a header of our own
# is made, for fread() takes rows of empty fields at the beginning for no rows.
read_columns <- function(ready, layout, at, numbers, part = NULL,
                         factors = NULL) {
    rows <- if (is.null(part)) ready$scan$rows else part$rows
    if (rows == 0) return(lapply(at, function(i) character()))
    path <- ready$source$path
    skip <- layout$line - 2
    if (!is.null(part) || !ready$clean || isTRUE(layout$headless)) {
        cuts <- ready$scan$cuts
        if (is.null(part)) {
            part <- list(from = cuts[1L], to = cuts[length(cuts)])
        }
        path <- slice(path, part$from, part$to, layout)
        on.exit(unlink(path))
        skip <- 0
    }
    places <- sort(unique(at))
    factors <- setdiff(intersect(places, factors), numbers)
    text <- setdiff(places, c(numbers, factors))
    table <- strict_fread(
        ready$source$file, file = path, sep = layout$separator,
        header = TRUE, skip = skip, select = places,
        quote = if (layout$quoted) "\"" else "", na.strings = NULL,
        colClasses = list(character = text, factor = factors),
        integer64 = "double",
        fill = FALSE, blank.lines.skip = FALSE
    )
    if (nrow(table) != rows) {
        raise_error("format", paste0(
            shown_file(ready$source$file), " can't be read as a table: ",
            shown_number(rows), " rows were counted and ",
            shown_number(nrow(table)), " could be read"
        ))
    }
    lapply(at, function(i) table[[match(i, places)]])
}

# A file with a header and bytes `from` to `to` of another.
slice <- function(path, from, to, layout) {
    part <- tempfile("clustcr-")
    ok <- FALSE
    on.exit(if (!ok) unlink(part))
    header <- paste0("V", seq_len(layout$fields), collapse = layout$separator)
    cpp_copy_range(path, from, to, paste0(header, "\n"), part)
    ok <- TRUE
    part
}

# fread() stops at what it can't read with a warning only: an error here, for
# what stands behind it would be lost without a word. Warnings are collected,
# for leaving fread() at one makes the next call warn of this one.
strict_fread <- function(name, ..., quote = "\"") {
    refuse <- function(problem) {
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

# Numbers; blanks are missing. A column of blanks only is logical in R.
count_column <- function(count, file, line_of) {
    if (is.character(count)) {
        check_utf8(count, "duplicate_count", file, line_of)
    }
    if (!is.numeric(count)) {
        text <- trimws(as.character(count))
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
            line_of(wrong[1L]), ")"
        ))
    }
    count
}
