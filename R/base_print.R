# What print() methods share.

# Prints keep to the width of the console.
say_lines <- function(lines) {
    if (!length(lines)) return(invisible())
    cat(wrap_lines(lines, getOption("width"), exdent = 2L), sep = "\n")
}

# The rows of a table with the smallest p-values, which are in the column `by`;
# `what` a row is. Without that column all of them as they stand.
print_smallest <- function(rows, n, what, ..., by = "p_value") {
    if (is.null(rows[[by]])) return(print_table(rows, ...))
    shown <- utils::head(order(rows[[by]]), n)
    print_table(rows[shown, , drop = FALSE], row.names = FALSE, digits = 3, ...)
    if (nrow(rows) > length(shown)) {
        cat("... and ", count_text(nrow(rows) - length(shown), what),
            " with larger p-values\n", sep = "")
    }
}

# A data.frame whose columns of text are never wider than a line: names and
# values are shortened.
print_table <- function(rows, ...) {
    text <- vapply(rows, function(x) is.character(x) || is.factor(x), NA)
    rows[text] <- lapply(rows[text], function(x) {
        x <- as.character(x)
        long <- !is.na(x) & nchar(one_line(x), "width") > 40L
        replace(x, long, short_names(x[long], 40L))
    })
    names(rows) <- short_names(names(rows), 40L)
    print(rows, ...)
}
