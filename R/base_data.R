# Values as lines of text, and back. R's own serialization can hold code that
# runs when it is read; this holds numbers, text and what is made of them.
#
#   character <tab> 2 <tab> CASSF <tab> CASRF      kind, length, values
#   named <tab> 2 <tab> a <tab> b                  names of the value below
#   factor <tab> 2 <tab> ill <tab> well            its levels; codes below
#   list <tab> 2                                   its elements below
#   frame <tab> 3 <tab> 2                          3 rows; its columns below
#
# In text tab, line ends and backslash are \t, \n, \r and \\, and NA is \N.

write_data <- function(x, path, what) {
    write_checked_lines(c(data_title(what), data_lines(x)), path)
}

# What write_data() wrote; NULL where there is no file. An error of ours where
# it is anything else.
read_data <- function(path, what) {
    lines <- read_checked_lines(path)
    if (is.null(lines)) return(NULL)
    if (!identical(lines[1L], data_title(what))) {
        damaged_file(path, "it holds no ", what, " of format 1")
    }
    tryCatch(data_of_lines(lines[-1L]),
        clustcr_no_data = function(e) damaged_file(path, conditionMessage(e)))
}

data_title <- function(what) paste0("clustcr ", what, "\t1")

data_line <- function(...) paste(c(...), collapse = "\t")

data_lines <- function(x) {
    if (is.null(x)) return("null")
    if (is.data.frame(x)) {
        return(c(data_line("named", ncol(x), data_text(names(x))),
            data_line("frame", nrow(x), ncol(x)),
            unlist(lapply(x, data_lines), use.names = FALSE)))
    }
    if (!is.null(names(x))) {
        return(c(data_line("named", length(x), data_text(names(x))),
            data_lines(unname(x))))
    }
    if (is.factor(x)) {
        kind <- if (is.ordered(x)) "ordered" else "factor"
        return(c(data_line(kind, nlevels(x), data_text(levels(x))),
            data_lines(as.integer(x))))
    }
    if (inherits(x, "Date")) return(c("date", data_lines(as.numeric(x))))
    if (inherits(x, "POSIXct")) {
        zone <- attr(x, "tzone")[1L]
        return(c(data_line("time", 1L, if (is.null(zone)) "" else
            data_text(zone)), data_lines(as.numeric(x))))
    }
    if (inherits(x, "difftime")) {
        return(c(data_line("span", 1L, attr(x, "units")),
            data_lines(as.numeric(x))))
    }
    # Of classes that we don't know text is kept.
    if (is.object(x) && !is.list(x)) x <- as.character(x)
    if (is.list(x)) {
        return(c(data_line("list", length(x)),
            unlist(lapply(unclass(x), data_lines), use.names = FALSE)))
    }
    data_line(typeof(x), length(x), switch(typeof(x),
        logical = , integer = as.character(x), double = exact_numbers(x),
        character = data_text(x),
        raise_error("internal", paste("no text is known for", typeof(x)))
    ))
}

# As many digits as bring it back; hexadecimal where 15 decimals don't.
exact_numbers <- function(x) {
    text <- trimws(sprintf("%.15g", x))
    known <- which(is.finite(x))
    inexact <- known[as.numeric(text[known]) != x[known]]
    text[inexact] <- sprintf("%a", x[inexact])
    text
}

data_text <- function(x) {
    text <- enc2utf8(as.character(x))
    for (pair in list(c("\\", "\\\\"), c("\t", "\\t"), c("\n", "\\n"),
        c("\r", "\\r"))) {
        text <- gsub(pair[1L], pair[2L], text, fixed = TRUE, useBytes = TRUE)
    }
    text[is.na(x)] <- "\\N"
    text
}

text_of_data <- function(text) {
    known <- !grepl("\\", text, fixed = TRUE, useBytes = TRUE)
    text[!known] <- vapply(text[!known], function(one) {
        if (one == "\\N") return(NA_character_)
        pieces <- strsplit(one, "\\\\", fixed = TRUE, useBytes = TRUE)[[1L]]
        if (endsWith(one, "\\\\")) pieces <- c(pieces, "")
        for (pair in list(c("\\t", "\t"), c("\\n", "\n"), c("\\r", "\r"))) {
            pieces <- gsub(pair[1L], pair[2L], pieces, fixed = TRUE,
                useBytes = TRUE)
        }
        if (any(grepl("\\", pieces, fixed = TRUE, useBytes = TRUE))) no_data()
        paste(pieces, collapse = "\\")
    }, "", USE.NAMES = FALSE)
    Encoding(text) <- "UTF-8"
    text
}

no_data <- function() {
    stop(structure(class = c("clustcr_no_data", "error", "condition"),
        list(message = "its values are not as they were written",
            call = NULL)))
}

# None of ours is as deep, and R's stack has an end.
deepest_data <- 20L

data_of_lines <- function(lines) {
    at <- 0L
    take <- function() {
        at <<- at + 1L
        if (at > length(lines)) no_data()
        fields <- strsplit(lines[at], "\t", fixed = TRUE,
            useBytes = TRUE)[[1L]]
        # strsplit() forgets the last field where it is empty.
        if (endsWith(lines[at], "\t")) c(fields, "") else fields
    }
    node <- function(depth) {
        if (depth > deepest_data) no_data()
        fields <- take()
        if (!length(fields)) no_data()
        below <- function() node(depth + 1L)
        elements <- function(n) {
            # Each takes a line: memory is not reserved for what can't be there.
            if (n > length(lines) - at) no_data()
            lapply(seq_len(n), function(i) below())
        }
        data_of_fields(fields[1L], fields[-1L], below, elements)
    }
    x <- node(1L)
    if (at != length(lines)) no_data()
    x
}

# `rest`: what stands behind the kind: a length, and as many values.
data_of_fields <- function(kind, rest, below, elements) {
    if (kind == "null") return(NULL)
    if (kind == "date") return(structure(number_below(below), class = "Date"))
    n <- data_count(rest[1L])
    values <- rest[-1L]
    if (kind == "frame") {
        return(data_frame_of(n, elements(data_count(values))))
    }
    if (kind == "list") return(elements(n))
    if (length(values) != n) no_data()
    switch(kind,
        logical = , integer = , double = atoms_of(kind, values),
        character = text_of_data(values),
        named = named_data(below(), text_of_data(values)),
        ordered = , factor = data_factor(kind, text_of_data(values), below()),
        time = .POSIXct(number_below(below), if (nzchar(values))
            text_of_data(values)),
        span = data_span(number_below(below), values),
        no_data()
    )
}

data_count <- function(text) {
    if (length(text) != 1L || is.na(text) || !grepl("^[0-9]{1,9}$", text)) {
        no_data()
    }
    as.integer(text)
}

atoms_of <- function(kind, values) {
    x <- suppressWarnings(as.vector(values, kind))
    unread <- is.na(x) & !values %in% c("NA", "NaN")
    if (any(unread)) no_data()
    x
}

number_below <- function(below) {
    x <- below()
    if (!is.double(x)) no_data()
    x
}

named_data <- function(x, names) {
    if (length(x) != length(names)) no_data()
    names(x) <- names
    x
}

data_factor <- function(kind, levels, codes) {
    fine <- is.integer(codes) && !anyDuplicated(levels) && !anyNA(levels) &&
        all(codes %in% c(NA, seq_along(levels)))
    if (!fine) no_data()
    factor(levels[codes], levels, ordered = kind == "ordered")
}

data_span <- function(x, units) {
    if (!units %in% c("secs", "mins", "hours", "days", "weeks")) no_data()
    as.difftime(x, units = units)
}

# Its names come from the line above.
data_frame_of <- function(rows, columns) {
    if (!all(lengths(columns) == rows)) no_data()
    structure(columns, names = rep_len("", length(columns)),
        class = "data.frame", row.names = .set_row_names(rows))
}
