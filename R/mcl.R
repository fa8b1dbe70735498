#' Markov clustering of a graph
#'
#' MCL simulates flow on the graph: every node gets a loop of weight 1, columns
#' are normalised to sum 1; then expansion (a matrix power) and inflation (an
#' entrywise power, columns normalised again) alternate until nothing changes.
#' Entries below 0.001 are dropped, but each column's largest is kept. The rows
#' of the attractors are the clusters. Each connected component is clustered by
#' itself.
#'
#' @param edges A data.frame or matrix with two columns: the nodes that each
#'     edge joins, as text or numbers. Direction and repetition do not matter;
#'     loops are ignored.
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
    if (length(dim(edges)) != 2L || ncol(edges) < 2L) {
        bad_argument(
            "`edges` must be a data.frame or matrix with two columns, not ",
            given(edges)
        )
    }
    from <- as_node(if (is.matrix(edges)) edges[, 1L] else edges[[1L]])
    to <- as_node(if (is.matrix(edges)) edges[, 2L] else edges[[2L]])
    if (anyNA(from) || anyNA(to)) {
        bad_argument("`edges` must not have missing nodes")
    }
    nodes <- sort(unique(c(from, to)), method = "radix")
    pairs <- cbind(match(from, nodes), match(to, nodes))
    pairs <- cbind(pmin(pairs[, 1L], pairs[, 2L]),
        pmax(pairs[, 1L], pairs[, 2L]))
    # Numbered: unique() of a matrix would make a text of each row.
    number <- pairs[, 1L] * length(nodes) + pairs[, 2L]
    pairs <- pairs[pairs[, 1L] != pairs[, 2L] & !duplicated(number), ,
        drop = FALSE]
    first <- cpp_mcl(
        length(nodes), pairs[, 1L], pairs[, 2L], mcl_params, threads
    )
    alone <- is.na(first)
    first[alone] <- seq_along(nodes)[alone]
    data.frame(node = nodes, cluster = match(first, unique(first)))
}

as_node <- function(x) if (is.factor(x)) as.character(x) else x
