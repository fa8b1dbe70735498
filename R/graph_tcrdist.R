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

genes_of_distances <- function(v_distance) {
    strsplit(sub(";.*", "", v_distance), " ", fixed = TRUE)[[1L]]
}

# Of rows in hand: genes that the table lacks are near to none but themselves.
tell_other_v_genes <- function(v_call, v_distance) {
    if (!length(v_distance)) return(invisible())
    genes <- unique(unlist(strsplit(v_call, chain_separator, fixed = TRUE)))
    others <- setdiff(genes[!is.na(genes) & nzchar(genes)],
        genes_of_distances(v_distance))
    if (!length(others)) return(invisible())
    inform("v_distance", "`v_distance` lacks ", count_words(length(others),
        "V gene", "V genes"), " of `data` (", name_some(sort(others,
            method = "radix")), "): their receptors have neighbors of the ",
        "same V gene only.")
}

distance_texts <- function(x, name) {
    if (is.numeric(x) || is.list(x)) {
        bad_argument("`", name, "` must be CDR3s, or pairs of them with \"",
            chain_separator, "\" between, not ", given(x))
    }
    x <- as.character(x)
    there <- !is.na(x)
    paired <- grepl(chain_separator, x, fixed = TRUE)
    for (pairs in unique(paired[there])) {
        own <- which(there & paired == pairs)
        refuse_invalid(cpp_sequence_problems(x[own], longest_sequence, pairs),
            x[own], name)
    }
    x
}
