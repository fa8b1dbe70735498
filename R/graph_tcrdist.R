# The TCRdist of two vectors of CDR3s: man/tcrDistance.Rd.
tcrDistance <- function(a, b) {
    texts <- list(a = distance_texts(a, "a"), b = distance_texts(b, "b"))
    n <- lengths(texts)
    longer <- if (any(n == 0L)) 0L else max(n)
    if (!all(n %in% c(1L, longer))) {
        bad_argument("`b` must have as many elements as `a`, or one of them ",
            "one; they have ", n[["b"]], " and ", n[["a"]])
    }
    cpp_tcr_distances(rep_len(texts$a, longer), rep_len(texts$b, longer))
}

distance_texts <- function(x, name) {
    if (is.numeric(x) || is.list(x)) {
        bad_argument("`", name, "` must be CDR3s, or pairs of them with \"",
            chain_separator, "\" between, not ", given(x))
    }
    x <- as.character(x)
    # A missing one has no distance.
    paired <- grepl(chain_separator, x, fixed = TRUE)
    problems <- integer(length(x))
    for (pairs in c(FALSE, TRUE)) {
        own <- !is.na(x) & paired == pairs
        problems[own] <- cpp_sequence_problems(x[own], longest_sequence, pairs)
    }
    refuse_invalid(problems, x, name)
    x
}
