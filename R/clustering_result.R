#' The result of clustering in memory
#'
#' What `Clustering$fit()` returns: a plain list of class `ClusteringResult`
#' with the elements
#'
#' * `clusters`: a data.frame with a row for each clustered receptor:
#'   `junction_aa`, character (with `chain = "AB"` `junction_aa_alpha` and
#'   `junction_aa_beta`); where genes count, `v_call` and `j_call` at their
#'   level (of pairs `v_call_alpha` and so on); `cluster`, integer from 1;
#'   `precluster`, integer from 1; and the `columns` asked for (see
#'   [Clustering]).
#' * `parameters`: a list of what decides the result (`method`, `chain`,
#'   `mcl_params`, `faiss_cluster_size`, `seed`, `borders`, `v_gene`, `j_gene`,
#'   `missing_genes`, `distance`, `max_distance`).
#' * `sequences`: how many distinct valid receptors there were.
#'
#' @param x,object A `ClusteringResult`.
#' @param row.names,optional,... As in the generics.
#' @return `as.data.frame()` gives the `clusters`, `head()` those of the first
#'     `n` clusters; `summary()` a list of class `summary.ClusteringResult` with
#'     the number of sequences, of those in clusters, of clusters, `sizes`, a
#'     table of cluster sizes, and `largest`, the [clusterSummary()] of the five largest;
#'     `print()` its argument, invisibly. `plot()` draws the sizes of the
#'     clusters: see [plotClusterSizes()].
#' @section Errors:
#' None of their own; `fit()` has those of [Clustering].
#' @seealso [Clustering], [clusterSummary()] for clusters in words,
#'     [plotClusterSizes()].
#' @name ClusteringResult
#' @examples
#' result <- Clustering(method = "mcl")$fit(
#'     c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF")
#' )
#' result
#' as.data.frame(result)
#' summary(result)
NULL

new_clustering_result <- function(columns, parameters, sequences) {
    structure(
        list(
            clusters = as.data.frame(columns), parameters = parameters,
            sequences = sequences
        ),
        class = "ClusteringResult"
    )
}

cluster_sizes <- function(x) {
    clusters <- unique(x$cluster)
    # Without the count of bins tabulate() would make one of no clusters.
    tabulate(match(x$cluster, clusters), length(clusters))
}

count_text <- function(n, what) {
    paste0(shown_number(n), " ", what, if (n != 1) "s")
}

#' @rdname ClusteringResult
#' @export
print.ClusteringResult <- function(x, ...) {
    sizes <- cluster_sizes(x$clusters)
    cat(
        "Clustering result (method \"", x$parameters$method, "\"): ",
        count_text(length(sizes), "cluster"), " of ",
        format(sum(sizes), big.mark = ","), " of ",
        count_text(x$sequences, "sequence"), "\n", sep = ""
    )
    if (length(sizes)) {
        cat("Largest: ", paste(
            format(utils::head(sort(sizes, decreasing = TRUE), 5),
                big.mark = ",", trim = TRUE),
            collapse = ", "
        ), " sequences. as.data.frame() gives them all.\n", sep = "")
    }
    invisible(x)
}

#' @rdname ClusteringResult
#' @export
as.data.frame.ClusteringResult <- function(x, row.names = NULL,
                                           optional = FALSE, ...) {
    as.data.frame(x$clusters, row.names = row.names, optional = optional, ...)
}

#' @rdname ClusteringResult
#' @param n How many clusters; a negative `n` all but so many.
#' @rawNamespace S3method(utils::head,ClusteringResult)
head.ClusteringResult <- function(x, n = 6L, ...) {
    table <- as.data.frame(x)
    first <- utils::head(unique(table$cluster), n)
    table[table$cluster %in% first, , drop = FALSE]
}

#' @rdname ClusteringResult
#' @export
summary.ClusteringResult <- function(object, ...) {
    sizes <- cluster_sizes(object$clusters)
    structure(
        list(
            method = object$parameters$method, sequences = object$sequences,
            clustered = sum(sizes), clusters = length(sizes),
            sizes = table(size = sizes), largest = largest_summary(object)
        ),
        class = "summary.ClusteringResult"
    )
}

#' @rdname ClusteringResult
#' @export
print.summary.ClusteringResult <- function(x, ...) {
    share <- if (x$sequences) 100 * x$clustered / x$sequences else 0
    cat(
        "Method:             ", x$method, "\n",
        "Sequences:          ", format(x$sequences, big.mark = ","), "\n",
        "  in clusters:      ", format(x$clustered, big.mark = ","),
        sprintf(" (%.1f %%)", share), "\n",
        "Clusters:           ", format(x$clusters, big.mark = ","), "\n",
        sep = ""
    )
    if (x$clusters) {
        sizes <- as.integer(names(x$sizes))
        bins <- cut(sizes, c(0, 1, 2, 5, 10, 100, Inf),
            c("1", "2", "3-5", "6-10", "11-100", "over 100"))
        counts <- tapply(as.vector(x$sizes), bins, sum)
        counts <- counts[!is.na(counts)]
        cat("Clusters by size:\n")
        cat(sprintf("  %-10s %s\n", names(counts),
            format(as.vector(counts), big.mark = ",")), sep = "")
    }
    print_largest(x$largest)
    invisible(x)
}
