# Tables of users: the columns they must have, what R keeps in columns besides
# plain vectors made plain, and rows that are counted.

check_columns <- function(x, columns, name) {
    lacking <- setdiff(columns, names(x))
    if (length(lacking)) {
        bad_argument(
            "`", name, "` must have the columns ",
            paste0("`", columns, "`", collapse = " and "), "; it lacks ",
            paste0("`", lacking, "`", collapse = " and ")
        )
    }
}

as_text_column <- function(x, column, name) {
    if (is.factor(x) || (is.logical(x) && all(is.na(x)))) x <- as.character(x)
    if (!is.character(x)) {
        bad_argument("`", column, "` of `", name, "` must be text, not ",
            class(x)[1L])
    }
    x
}

# The cells of the table of two clusterings that are not empty.
contingency <- function(a, b) {
    pair <- (a - 1) * max(b, 0) + b
    first <- !duplicated(pair)
    list(
        n = tabulate(match(pair, pair[first]), sum(first)), a = a[first],
        b = b[first], size_a = tabulate(a), size_b = tabulate(b)
    )
}

# Where a combination of values is for the first time; `own` are numbers.
first_rows <- function(own, ...) {
    key <- own
    for (values in list(...)) {
        known <- unique(values)
        # As numbers from 1, so that a product stays exact.
        key <- match(key, unique(key))
        key <- (key - 1) * length(known) + match(values, known)
    }
    !duplicated(key)
}

is_table <- function(x) is.data.frame(x) || inherits(x, "DataFrame")

# A DataFrame of S4Vectors as a data.frame; all else as it is.
plain_frame <- function(x) {
    if (inherits(x, "DataFrame")) as.data.frame(x, optional = TRUE) else x
}

# A column without what DataFrames have besides: run-length encoding, string
# sets. NULL where there is none.
plain_column <- function(data, column) {
    # [[ would take the beginning of a name for the name.
    twins <- which(names(data) == column)
    if (!length(twins)) return(NULL)
    if (length(twins) > 1L) {
        bad_argument("a table must have one column `", column, "`; this has ",
            length(twins), " (columns ", paste(twins, collapse = ", "), ")")
    }
    x <- data[[column]]
    if (inherits(x, "Rle")) x <- as.vector(x)
    if (inherits(x, c("AAStringSet", "BStringSet"))) x <- as.character(x)
    x
}

# Text, or a factor; a column of NA only is logical in R. A matrix has the
# elements of more than a column.
text_column <- function(data, column, name) {
    x <- plain_column(data, column)
    if (length(dim(x)) > 1L && ncol(x) == 1L && is.character(x)) {
        x <- as.vector(x)
    }
    if (is.factor(x) || (is.logical(x) && all(is.na(x)))) x <- as.character(x)
    if (!is.character(x) || !is.null(dim(x))) {
        what <- class(x)[1L]
        if (!is.null(dim(x))) {
            what <- paste0("a ", what, " of ", ncol(x), " columns")
        }
        bad_argument("`", column, "` of `", name, "` must be text, not ", what)
    }
    x
}

# Names of genes: written to files, so that their bytes must mean something.
name_column <- function(data, column, name) {
    if (!column %in% names(data)) return(NULL)
    x <- text_column(data, column, name)
    unknown <- which(Encoding(x) == "bytes")
    if (length(unknown)) {
        bad_argument(
            "`", column, "` of `", name, "` must be text in a known encoding; ",
            "that of row ", format(unknown[1L], scientific = FALSE),
            " is \"bytes\""
        )
    }
    x
}

check_counts <- function(count, name) {
    # A double holds no more exactly.
    most <- 2^53
    if (inherits(count, "integer64")) {
        # Without its package such numbers are bits of something else.
        if (!has_package("bit64")) {
            raise_error("missing_package", paste0(
                "`duplicate_count` of `", name, "` must be integer or ",
                "double, or the package bit64 must be installed: ",
                install_call("bit64")
            ))
        }
        large <- !is.na(count) & count > bit64::as.integer64("9007199254740992")
        count[large] <- NA
        # It warns of 2^53 itself too.
        count <- suppressWarnings(bit64::as.double.integer64(count))
        count[large] <- Inf
    }
    if (is.logical(count)) count <- as.numeric(count)
    ok <- is.numeric(count) && is.null(dim(count)) && !is.factor(count) && all(
        is.na(count) | (count >= 0 & count == floor(count) & count <= most)
    )
    if (!ok) {
        bad_argument(
            "`duplicate_count` of `", name,
            "` must hold whole numbers from 0 to 2^53 (or NA, which counts 1)"
        )
    }
    as.numeric(count)
}
