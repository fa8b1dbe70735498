# Markov clustering of a graph: man/markovClustering.Rd.
markovClustering <- function(edges, inflation = 1.2, expansion = 2,
                             n_cpus = 1) {
    threads <- check_threads(n_cpus)
    mcl_params <- check_mcl_params(
        c(check_number(inflation, "inflation"),
            check_number(expansion, "expansion")),
        "c(inflation, expansion)"
    )
    ends <- edge_ends(edges)
    nodes <- sort(unique(c(ends$from, ends$to)), method = "radix")
    first <- cpp_mcl(
        length(nodes), match(ends$from, nodes), match(ends$to, nodes),
        mcl_params, threads
    )
    alone <- is.na(first)
    first[alone] <- seq_along(nodes)[alone]
    data.frame(node = nodes, cluster = match(first, unique(first)))
}

# list(from, to): two vectors, both of text or both of numbers.
edge_ends <- function(edges) {
    if (!(is_table(edges) || is.matrix(edges)) || ncol(edges) < 2L) {
        bad_argument(
            "`edges` must be a data.frame or matrix with two columns, not ",
            given(edges)
        )
    }
    column <- function(i) if (is.matrix(edges)) edges[, i] else edges[[i]]
    from <- as_nodes(column(1L))
    to <- as_nodes(column(2L))
    if (anyNA(from) || anyNA(to)) {
        bad_argument("`edges` must not have missing nodes")
    }
    if (length(from) && is.character(from) != is.character(to)) {
        bad_argument(
            "`edges` must have text in both columns or numbers in both, not ",
            class(from)[1L], " in one and ", class(to)[1L], " in the other"
        )
    }
    list(from = from, to = to)
}

as_nodes <- function(x) {
    if (inherits(x, "Rle")) x <- as.vector(x)
    # A column without a value has no type of its own; it is logical.
    if (is.factor(x) || (is.logical(x) && all(is.na(x)))) x <- as.character(x)
    plain <- is.null(dim(x)) && !is.object(x) &&
        (is.character(x) || is.numeric(x))
    if (!plain) {
        bad_argument(
            "the nodes in `edges` must be text, factors or numbers, not ",
            class(x)[1L]
        )
    }
    # Text that R can't translate can't be compared or sorted either.
    if (is.character(x)) {
        if (any(Encoding(x) == "bytes")) {
            bad_argument(
                "the nodes in `edges` must be text whose encoding is known, ",
                "not \"bytes\""
            )
        }
        x <- enc2utf8(x)
        wrong <- which(!validUTF8(x))[1L]
        if (!is.na(wrong)) {
            bad_argument(
                "the nodes in `edges` must be valid text; number ",
                format(wrong, scientific = FALSE), " of a column is not: ",
                given(x[wrong])
            )
        }
    }
    x
}
