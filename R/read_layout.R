# Where the header of a file is, what it says, and what follows for reading:
#
#   format, title, note, genes, ...   see R/read_format.R
#   separator ("" for a list), quoted, line_end
#   start, line                       byte and line of the first row
#   fields, needed                    of the header; a row must have
#   columns                           our name -> places in the file

find_layout <- function(source, format, options) {
    head <- read_head(source, function(head) {
        !is.null(header_line(head$lines, options$skip))
    })
    at <- header_line(head$lines, options$skip)
    if (is.null(at)) return(empty_layout(source, head, format, options))
    # "sep=;" is for spreadsheets, and no row.
    told <- told_separator(head$lines[at])
    if (!is.null(told)) {
        at <- header_line(head$lines, at)
        if (is.null(at)) return(empty_layout(source, head, format, options))
    }
    line <- head$lines[at]
    text <- if (startsWith(line, "#")) sub("^#+[ \t]*", "", line) else line
    if (format == "list") return(list_layout(head, at, options))
    fields <- first_fields(text, told)
    if (isFALSE(options$header) || (!isTRUE(options$header) &&
        format %in% c("auto", "giana", "table") && is_row(fields) &&
        length(fields) > 1L)) {
        return(headless_layout(source, head, at, text, told, options))
    }
    # With a header it is a table of usual names.
    if (format == "giana") format <- "table"
    found <- as_before("header", list(text, format, told),
        known_header(text, format, told))
    if (!is.null(found)) {
        return(table_layout(source, head, at, found, options))
    }
    if (is.null(options$header) && options$skip == 0) {
        behind <- header_behind(head, at, format, told)
        if (!is.null(behind)) {
            return(table_layout(source, head, behind$at, behind$found, options))
        }
    }
    other_layout(source, head, at, text, format, told, options)
}

# The separator of a line such as "sep=;", or NULL.
told_separator <- function(line) {
    pattern <- "^\"?[sS][eE][pP]=([\t,;|])\"?\r?$"
    if (grepl(pattern, line, useBytes = TRUE)) {
        sub(pattern, "\\1", line, useBytes = TRUE)
    }
}

# A header that is known behind lines with titles.
header_behind <- function(head, at, format, told, most = 100L) {
    lines <- utils::head(head$lines, at + most)
    likely <- grepl("cdr3|junction|amino|aa.?seq", lines, ignore.case = TRUE,
        useBytes = TRUE)
    for (i in which(likely & seq_along(lines) > at)) {
        text <- sub("^#+[ \t]*", "", lines[i], useBytes = TRUE)
        found <- known_header(text, format, told)
        if (!is.null(found)) {
            found$format$found <- paste0("Its header is line ", i, ".")
            return(list(at = i, found = found))
        }
    }
    NULL
}

# The first line behind `skip` that is neither empty nor a comment. A header
# may begin with # too (VDJtools, TRUST4).
header_line <- function(lines, skip = 0) {
    filled <- grepl("[^ \r\t]", lines, useBytes = TRUE)
    comment <- startsWith(lines, "#")
    for (i in which(filled & seq_along(lines) > skip)) {
        if (!comment[i]) return(i)
        text <- sub("^#+[ \t]*", "", lines[i])
        if (!is.null(known_header(text, "auto"))) return(i)
        fields <- split_fields(text, guess_separator(text))
        if (!is.null(sister_of(as_header(fields)))) return(i)
    }
    NULL
}

separators <- c("\t", ",", ";", "|")

# The one that divides a line into most fields.
guess_separator <- function(text) {
    bytes <- charToRaw(text)
    quoted <- any(bytes == charToRaw("\""))
    n <- vapply(separators, function(separator) {
        if (quoted) return(length(split_fields(text, separator)))
        sum(bytes == charToRaw(separator)) + 1L
    }, 0L)
    if (max(n) == 1L) "" else names(n)[which.max(n)]
}

# Those at the beginning: there may be a million.
first_fields <- function(text, told = NULL, bytes = 10000L) {
    separator <- if (is.null(told)) guess_separator(text) else told
    if (nchar(text, "bytes") > bytes) {
        text <- rawToChar(utils::head(charToRaw(text), bytes))
    }
    split_fields(text, separator)
}

# list(name, format, header, separator) of the first separator with which the
# header is of a known format (or of the one asked for); NULL where none is.
# Specific formats go before tables that only have usual names.
known_header <- function(text, format, told = NULL) {
    formats <- repertoire_formats()
    sets <- if (format != "auto") {
        list(formats[format])
    } else {
        list(formats[names(formats) != "table"], formats["table"])
    }
    there <- if (!is.null(told)) told else separators[vapply(separators,
        grepl, TRUE, text, fixed = TRUE, useBytes = TRUE)]
    headers <- lapply(there, function(separator) {
        as_header(split_fields(text, separator))
    })
    # A single column is a table only where it is AIRR's.
    for (set in sets) {
        for (i in seq_along(there)) {
            name <- recognised(headers[[i]], set)
            if (!is.null(name)) {
                return(list(name = name, format = formats[[name]],
                    header = headers[[i]], separator = there[i]))
            }
        }
    }
    NULL
}

# Files of a cohort have the same header, and the same kinds of columns: what
# these are is found for the first.
table_layout <- function(source, head, at, found, options) {
    line <- head$lines[at]
    columns <- as_before("columns", list(found, options), find_columns(
        found$format, found$header, options$columns, options$locus,
        source$file
    ))
    kinds <- kinds_of_rows(head, at, found, columns)
    layout <- as_before("layout", list(found, kinds, line, options), {
        new_layout(source, line, found, columns, kinds, options)
    })
    c(layout, list(
        line_end = head$line_end, start = byte_behind(head, at), line = at + 1
    ))
}

new_layout <- function(source, line, found, columns, kinds, options) {
    cdr3 <- grep("^junction_aa", names(columns))
    if (length(cdr3) == 0L) refuse_header(found$header, source$file)
    quoted <- found$separator != "\t" ||
        grepl("(^|\t)\"", line, useBytes = TRUE)
    # Which columns of CDR3s hold them without their ends.
    stripped <- lapply(columns[cdr3], function(at) {
        found$header$bare[at] %in%
            bare_name(as.character(found$format$stripped))
    })
    stripped <- stripped[vapply(stripped, any, NA)]
    looked <- look_at_columns(found, columns, kinds, options)
    columns <- looked$columns
    kept <- setdiff(names(found$format), c("columns", "chains",
        "stripped", "hits"))
    c(found$format[kept], list(
        format = found$name, header = found$header$names, columns = columns,
        stripped = stripped, left = looked$left, hits = looked$hits,
        chain = looked$chain, several_chains = looked$several_chains,
        separator = found$separator, quoted = quoted,
        fields = length(found$header$names),
        needed = min(vapply(columns[cdr3], `[`, 0L, 1L))
    ))
}

# Whether the CDR3s lack their ends, but those that fill a blank.
all_stripped <- function(layout) {
    any(vapply(layout$stripped, `[`, NA, 1L))
}

# What the first rows say that columns are, but those that names tell.
kinds_of_rows <- function(head, at, found, columns) {
    fields <- length(found$header$names)
    kinds <- rep_len("", fields)
    untold <- setdiff(seq_len(fields), unlist(columns))
    # More are measurements of something.
    if (fields > 500L || !length(untold)) return(kinds)
    kinds[untold] <- kinds_of_columns(values_of_lines(head$lines, at,
        found$separator, untold))
    kinds
}

# What the first rows say of columns that the header does not tell, and what
# the names of those that are taken say.
look_at_columns <- function(found, columns, kinds, options) {
    header <- found$header
    columns <- guess_genes(columns, kinds, names(options$columns))
    chains <- chains_there(found$format, header)
    usual <- found$name %in% c("table", "columns")
    genes <- columns[grepl("^[vj]_call", names(columns))]
    known <- column_places(unlist(found$format$chains[chains]), header)
    list(
        columns = columns,
        left = columns_left(columns, kinds, header, known, usual),
        hits = lapply(genes, function(at) {
            isTRUE(found$format$hits) | grepl("hits", header$bare[at],
                fixed = TRUE)
        }),
        # NULL in a list would take the name away.
        chain = if (usual && length(chains)) {
            chains_taken(chains, options$locus)[1L]
        } else {
            character()
        },
        several_chains = length(chains) > 1L
    )
}

# The byte behind a line.
byte_behind <- function(head, at) {
    head$start + sum(nchar(head$lines[seq_len(at)], "bytes") + 1)
}

titles_of_lists <- bare_name(c(
    format_table$needs[[1L]], "junction_aa", "junction", "CDR3.aa",
    "CDR3_translation", "AA. Seq. CDR3", "sequence", "sequences", "cdr3s"
))

# `at`: the first line that is neither empty nor a comment.
list_layout <- function(head, at, options) {
    skip <- options$skip
    name <- split_fields(head$lines[at], "")[1L]
    title <- bare_name(name) %in% titles_of_lists ||
        identical(name, options$columns$junction_aa)
    # Comments and lines in front of a title are none of the list's; empty
    # lines in front of the first CDR3 are rows without one.
    comments <- any(startsWith(head$lines[seq_len(at - 1L)], "#"))
    line <- if (title) at + 1 else if (comments) at else skip + 1
    list(
        format = "list", title = "list of CDR3s", separator = "",
        quoted = FALSE, line_end = head$line_end,
        start = byte_behind(head, line - 1),
        line = line, fields = 1, needed = 1, header = if (title) name,
        columns = list(junction_aa = 1L)
    )
}

# The first line is a row: what is what, is told by the values or the user.
headless_layout <- function(source, head, at, text, told, options) {
    separator <- if (is.null(told)) guess_separator(text) else told
    fields <- split_fields(text, separator)
    if (separator == "") return(list_layout(head, at, options))
    rows <- values_of_lines(head$lines, at - 1, separator, seq_along(fields))
    names <- names_in_comment(head, at, separator, length(fields))
    header <- as_header(if (is.null(names)) paste0("V", seq_along(fields))
        else names)
    header$made <- is.null(names)
    format <- if (!is.null(names)) {
        list(title = "plain table", columns = format_table$columns,
            found = paste0("Its header is the comment in line ", at - 1, "."))
    } else if (looks_like_giana(fields)) {
        format_giana
    } else {
        list(title = "table without a header")
    }
    named <- if (is.null(names)) options$columns else find_columns(format,
        header, options$columns, options$locus, source$file)
    columns <- columns_by_values(rows, named, source$file)
    format$columns[names(columns)] <- lapply(columns, function(i) {
        header$names[i]
    })
    found <- list(
        name = if (identical(format$title, format_giana$title)) "giana"
            else "table",
        format = format, header = header, separator = separator
    )
    layout <- table_layout(source, head, at - 1, found, options)
    layout$quoted <- separator != "\t" ||
        grepl("(^|\t)\"", text, useBytes = TRUE)
    layout
}

# A comment in front of the rows that has as many fields is their header.
names_in_comment <- function(head, at, separator, fields) {
    if (at < 2L || !startsWith(head$lines[at - 1L], "#")) return(NULL)
    names <- split_fields(sub("^#+[ \t]*", "", head$lines[at - 1L],
        useBytes = TRUE), separator)
    if (length(names) == fields) names
}

# No header that is known: a table by the user's own names, a list, or an
# error.
other_layout <- function(source, head, at, text, format, told, options) {
    refuse_separator(source, text, told)
    separator <- if (is.null(told)) guess_separator(text) else told
    header <- as_header(split_fields(text, separator))
    # A table of one column is a list with a title.
    if (separator == "" && (format == "auto" ||
        normal_name(text) == "junction_aa")) {
        refuse_foreign(source, text)
        return(list_layout(head, at, options))
    }
    own <- grepl("^junction_aa", names(options$columns))
    if (any(own)) {
        found <- list(
            name = "columns", header = header, separator = separator,
            format = list(title = "table, by `columns`")
        )
        return(table_layout(source, head, at, found, options))
    }
    sister <- sister_of(header)
    if (!is.null(sister)) {
        raise_error("format", paste0(
            shown_file(source$file), " is ", sister[[2L]], "; read ",
            sister[[3L]], " instead. Its columns are ",
            shown_names(header$names)
        ))
    }
    refuse_header(header, source$file, format)
}

# A line such as "sep=;" over a table that another one divides.
refuse_separator <- function(source, text, told) {
    if (is.null(told) || grepl(told, text, fixed = TRUE)) return(invisible())
    other <- guess_separator(text)
    if (!nzchar(other)) return(invisible())
    raise_error("format", paste0(
        shown_file(source$file), " must be divided as its line \"sep=", told,
        "\" says; its header is divided by ", given(other), ": ", given(text),
        ". Correct that line, or leave it out"
    ))
}

# Texts that are no tables.
refuse_foreign <- function(source, text) {
    what <- c(
        "^>" = "a FASTA file (Biostrings::readAAStringSet() reads it)",
        "^@[^ ]*[:/][0-9]" = "a FASTQ file", "^[{[]" = "JSON", "^<" = "markup"
    )
    for (pattern in names(what)) {
        if (grepl(pattern, text, useBytes = TRUE)) {
            raise_error("format", paste0(
                shown_file(source$file), " must be a table or a list of ",
                "CDR3s; it looks like ", what[[pattern]]
            ))
        }
    }
}

# Files that are known and hold no receptors as rows; a sister file does.
sister_files <- list(
    list(c("clonotype_id", "cdr3s_aa"), "10x's clonotypes.csv",
        "filtered_contig_annotations.csv"),
    list(c("barcode", "chain1", "chain2"), "TRUST4's barcode report",
        "its _barcode_airr.tsv"),
    list(c("junction", "v_call"), "an AIRR table without `junction_aa`",
        "one with `junction_aa`"),
    list("chain_2_type", "an export of the IEDB",
        "it by readAntigenReference()")
)

sister_of <- function(header) {
    for (sister in sister_files) {
        if (all(sister[[1L]] %in% header$normal)) return(sister)
    }
    NULL
}

# Nothing but empty lines and comments.
empty_layout <- function(source, head, format, options) {
    if (length(head$lines)) {
        raise_error("format", paste0(
            shown_file(source$file), " must be a table or a list of CDR3s; ",
            "its ", length(head$lines), " lines are empty or comments"
        ))
    }
    head$lines <- ""
    list_layout(head, 1L, options)
}
