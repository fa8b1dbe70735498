# Counts drawn without replacement, so that samples have one depth:
# man/downsampleRepertoires.Rd.
downsampleRepertoires <- function(x, size = NULL, seed = 42) {
    seed <- check_number(seed, "seed", 0, 2^53, whole = TRUE)
    if (!is.null(size)) {
        size <- check_number(size, "size", 1, 2^31 - 1, whole = TRUE)
    }
    if (is.matrix(x) && (is.numeric(x) || is.logical(x))) {
        x <- Matrix::Matrix(x + 0, sparse = TRUE)
    }
    if (inherits(x, "Matrix")) {
        x <- as(as(as(x, "dMatrix"), "generalMatrix"), "CsparseMatrix")
        return(downsampled_columns(x, size, seed))
    }
    x <- plain_frame(x)
    if (!is.data.frame(x)) {
        bad_argument("`x` must be a data.frame with `repertoire_id` and ",
            "`duplicate_count`, or a matrix of counts with samples in ",
            "columns, not ", given(x))
    }
    check_columns(x, c("repertoire_id", "duplicate_count"), "x")
    count <- whole_counts(x$duplicate_count, "`duplicate_count` of `x`")
    sample <- id_text(x$repertoire_id)
    if (anyNA(sample)) {
        bad_argument("`repertoire_id` of `x` must not be missing; ",
            count_words(sum(is.na(sample)), "row has", "rows have"), " none")
    }
    columns <- intersect(c("junction_aa", "v_call", "j_call", "junction",
        "sequence_id"), names(x))
    order <- do.call(order, c(list(sample), unname(lapply(x[columns], id_text)),
        list(count), method = "radix"))
    rows <- split(order, factor(sample[order], unique(sample[order])))
    size <- drawn_size(vapply(rows, function(i) sum(count[i]), 0), size)
    for (name in names(rows)) {
        at <- rows[[name]]
        count[at] <- draw_counts(count[at], size, seed, name)
    }
    x$duplicate_count <- count
    x <- x[count > 0, , drop = FALSE]
    rownames(x) <- NULL
    x
}

# Of a dgCMatrix: counts of clusters (rows) in samples (columns).
downsampled_columns <- function(matrix, size, seed) {
    matrix@x <- whole_counts(matrix@x, "the values of `x`")
    size <- drawn_size(Matrix::colSums(matrix), size)
    names <- colnames(matrix)
    if (is.null(names)) names <- plain_numbers(seq_len(ncol(matrix)))
    for (j in seq_len(ncol(matrix))) {
        at <- seq_len(matrix@p[j + 1L] - matrix@p[j]) + matrix@p[j]
        matrix@x[at] <- draw_counts(matrix@x[at], size, seed, names[j])
    }
    Matrix::drop0(matrix)
}

whole_counts <- function(count, name) {
    wrong <- is.na(count) | count < 0 | count != floor(count)
    if (any(wrong)) {
        bad_argument(name, " must be whole numbers of zero or more, not ",
            given(count[wrong][1L]))
    }
    as.numeric(count)
}

# That of the smallest sample, which is told; those below `size` stay as they
# are.
drawn_size <- function(depth, size) {
    if (is.null(size)) {
        size <- min(depth)
        if (!isTRUE(size > 0)) {
            bad_argument("`size` must be given if a sample has no counts")
        }
        inform("depth", "Samples are drawn down to ", shown_number(size),
            " counts each, as many as the smallest has")
    } else if (any(depth < size)) {
        inform("depth", count_words(sum(depth < size), "sample has",
            "samples have"), " fewer than ", shown_number(size),
            " counts and stay", if (sum(depth < size) == 1L) "s",
            " as they are")
    }
    size
}

# `size` of the counted things, each as likely, none twice. What is drawn of a
# sample does not depend on the others.
draw_counts <- function(count, size, seed, name) {
    all <- sum(count)
    if (size >= all) return(count)
    # The fewer that are drawn, or left, the faster.
    fewer <- min(size, all - size)
    drawn <- with_own_seed(name_seed(seed, name),
        sample.int(all, fewer, useHash = fewer < all / 20 && all > 1e5))
    found <- as.numeric(tabulate(findInterval(drawn - 1, c(0, cumsum(count)),
        rightmost.closed = FALSE), length(count)))
    if (fewer == size) found else count - found
}

name_seed <- function(seed, name) {
    Reduce(function(sum, code) (sum * 31 + code) %% 2147483647,
        utf8ToInt(enc2utf8(name)), seed %% 2147483647)
}
