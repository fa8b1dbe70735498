# The text of a sample sheet as a table of text. Sheets come from spreadsheets,
# which leave rows of nothing but separators, and are made by hand, where a
# separator too many makes another table of it.

sheet_table <- function(file, path) {
    lines <- readLines(path, warn = FALSE)
    separator <- if (length(lines)) guess_separator(from_latin1(lines[1L]))
        else ""
    # What a quote holds may go on in the next line.
    whole <- nzchar(separator) &&
        all(nchar(gsub("[^\"]", "", lines, useBytes = TRUE)) %% 2L == 0L)
    table <- if (whole) {
        lines <- even_lines(lines, separator, file)
        strict_fread(file, text = c(lines, ""), sep = separator, header = TRUE,
            na.strings = c("NA", ""), colClasses = "character")
    } else {
        strict_fread(file, file = path, header = TRUE,
            na.strings = c("NA", ""), colClasses = "character")
    }
    table <- in_utf8(table, file)
    names(table) <- without_spaces(sub("^#[ \t]*", "", names(table)))
    table[] <- lapply(table, function(text) {
        text <- without_spaces(text)
        replace(text, !nzchar(text), NA)
    })
    table
}

# Without those that say nothing; each of the rest has as many fields as the
# header.
even_lines <- function(lines, separator, file) {
    blank <- gsub(separator, "", lines, fixed = TRUE, useBytes = TRUE)
    blank <- !grepl("[^ \"\t\r]", blank, useBytes = TRUE)
    fields <- lengths(raw_fields(lines, separator))
    rows <- setdiff(which(!blank), 1L)
    wrong <- rows[fields[rows] != fields[1L]]
    if (length(wrong)) {
        row <- match(wrong[1L], rows)
        raise_error("format", paste0(
            "each row of a sample sheet must have as many fields as its ",
            "header; in ", shown_file(file), " row ", shown_number(row),
            " (line ", shown_number(wrong[1L]), ", ",
            given(from_latin1(lines[wrong[1L]])), ") has ",
            fields[wrong[1L]], if (fields[wrong[1L]] > fields[1L]) ", more",
            if (fields[wrong[1L]] < fields[1L]) ", fewer", " than the ",
            fields[1L], " of the header (",
            shown_names(split_fields(from_latin1(lines[1L]), separator), 5L),
            ")"
        ))
    }
    empty <- sum(blank & nzchar(sub("\r$", "", lines, useBytes = TRUE)))
    if (empty) {
        inform("sheet", "Of the sample sheet ", shown_file(file), " ",
            count_words(empty, "row is", "rows are"), " left out that ",
            if (empty == 1L) "has" else "have", " nothing but separators.")
    }
    lines[c(1L, rows)]
}

# What is not UTF-8 is of Excel on Windows.
in_utf8 <- function(sheet, file) {
    valid <- vapply(c(list(names(sheet)), sheet), function(text) {
        all(validUTF8(text))
    }, NA)
    if (!all(valid)) {
        names(sheet) <- from_latin1(names(sheet))
        sheet[] <- lapply(sheet, from_latin1)
        inform("sheet", "The sample sheet ", shown_file(file), " is not in ",
            "UTF-8, and is read as Latin-1.")
    }
    sheet
}

# Of two columns of one name, and of other values, one would be lost.
refuse_twin_columns <- function(sheet, name) {
    for (column in unique(names(sheet)[duplicated(names(sheet))])) {
        twins <- which(names(sheet) == column)
        same <- vapply(twins, function(i) {
            identical(sheet[[i]], sheet[[twins[1L]]])
        }, NA)
        if (all(same) || column %in% c("", NA)) next
        bad_argument("`", name, "` must have one column `", column,
            "`; it has ", length(twins), ", of other values (columns ",
            paste(twins, collapse = ", "), ")")
    }
}

# Values that people have typed, without blanks at their ends, also those that
# web pages and spreadsheets do not break at: two levels would look the same.
trimmed_values <- function(x) {
    if (is.factor(x)) levels(x) <- without_spaces(levels(x))
    else if (is.character(x)) x[] <- without_spaces(x)
    x
}
