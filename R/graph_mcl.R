#' Markov clustering of a graph
#'
#' MCL simulates flow on the graph: every node gets a loop of weight 1, columns
#' are normalised to sum 1; then expansion (a matrix power) and inflation (an
#' entrywise power, columns normalised again) alternate until nothing changes.
#' Entries below 0.001 are dropped, but each column's largest is kept. The rows
#' of the attractors are the clusters. Each connected component is clustered by
#' itself.
#'
#' @param edges A data.frame, S4Vectors::DataFrame or matrix whose first two
#'     columns are the nodes that each edge joins: text, factors or numbers, the
#'     same in both columns. Direction and repetition do not matter; a loop
#'     joins nothing, but makes its node one of the graph.
#' @param inflation The entrywise power, above 1. Larger gives smaller
#'     clusters.
#' @param expansion The matrix power, a whole number from 2 to 100. Larger
#'     gives larger clusters.
#' @param n_cpus Threads: a count, or `"all"`. The result does not depend on
#'     it.
#' @return A data.frame with a row for each node: `node` (as given) and
#'     `cluster` (integers from 1; nodes ordered as R's `sort(method =
#'     "radix")` has them, clusters by their first nodes). A node that
#'     overlapping clusters share is in the one that has most of its flow.
#' @section Errors:
#' `clustcr_error_invalid_argument` where an argument is not what it must be.
#' @seealso [neighborGraph()] for the links of receptors, [Clustering]
#' @references van Dongen (2000), Graph clustering by flow simulation, PhD
#'     thesis, University of Utrecht. Tolerances as in the published method:
#'     100 iterations at most, stop when `max(|a - b| - 1e-5 |b|) <= 1e-8`.
#' @export
#' @examples
#' markovClustering(data.frame(
#'     from = c("a", "a", "b", "c", "d", "d", "e"),
#'     to   = c("b", "c", "c", "d", "e", "f", "f")
#' ), inflation = 2)
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
    table <- is.data.frame(edges) || is.matrix(edges) ||
        inherits(edges, "DataFrame")
    if (!table || ncol(edges) < 2L) {
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
