#' The result of clustering in memory
#'
#' What `Clustering$fit()` returns: a [RepertoireClusters] whose table lies in
#' memory instead of in a directory. All that can be done with one on disk can
#' be done with it, by the same functions: `x[1:3]`, `head(x)`, `length(x)`,
#' `as.data.frame(x)`, `summary(x)`, `members(x, 1)`, `parameters(x)`,
#' `audit(x)`, `eachUnit()`, [writeClusters()], [assignClusters()]. It counts as
#' one repertoire, `"data"`. It is plain data, and can be saved with
#' `saveRDS()`.
#'
#' @section Elements:
#' As a list would have them, by `x$clusters` or `x[["clusters"]]`:
#'
#' * `clusters`: the data.frame with the `columns` that `fit()` was asked for:
#'   what `as.data.frame(x)` gives unless told otherwise.
#' * `parameters`: `parameters(x)`, a list of what decides the result (`method`,
#'   `chain`, `mcl_params`, `faiss_cluster_size`, `seed`, `borders`, `v_gene`,
#'   `j_gene`, `missing_genes`, `missing_chain`, `distance`, `max_distance`,
#'   `singletons`).
#' * `receptors`: how many distinct valid receptors there were.
#'
#' @param x A `ClusteringResult`.
#' @param name,i `"clusters"`, `"parameters"` or `"receptors"`.
#' @return The element.
#' @section Errors:
#' None of its own; `fit()` has those of [Clustering].
#' @seealso [RepertoireClusters] for the methods and the columns,
#'     [clusterSummary()] for clusters in words, [plotClusterSizes()].
#' @name ClusteringResult
#' @aliases ClusteringResult-class
#' @examples
#' result <- Clustering(method = "mcl")$fit(
#'     c("CASSLGQAYEQYF", "CASSPGQAYEQYF", "CASRRGTEAFF")
#' )
#' result
#' as.data.frame(result)
#' result$receptors
#' audit(result)
#' summary(result)
NULL

in_memory <- function(x) methods::is(x, "ClusteringResult")

# `audit` as audit_table() gives it. `clusters`: their number, of which some
# may be empty.
new_clustering_result <- function(table, columns, parameters, audit, receptors,
                                  clusters, without_v_call) {
    counts <- c(
        given = sum(audit$given), rows = sum(audit$accepted),
        occurrences = receptors, receptors = receptors,
        clustered = nrow(table), clusters = clusters,
        without_v_call = without_v_call
    )
    methods::new("ClusteringResult",
        directory = character(), store_id = "", run_id = "",
        parameters = parameters,
        samples = data.frame(repertoire_id = audit$repertoire_id), counts = counts,
        units = data.frame(clusters = clusters, rows = as.numeric(nrow(table))),
        audit = audit, usage = numeric(), failed = no_failures, table = table,
        columns = columns
    )
}

# The columns that are always there, then these.
table_in_memory <- function(x, columns) {
    own <- setdiff(names(x@table), result_columns)
    kept <- columns
    old <- match(columns, names(old_result_columns))
    kept[!is.na(old)] <- old_result_columns[old[!is.na(old)]]
    stats::setNames(x@table[c(own, kept)], c(own, columns))
}

result_element <- function(x, name) {
    switch(name,
        clusters = table_in_memory(x, x@columns),
        parameters = x@parameters,
        sequences = {
            deprecated("`$sequences` is `$receptors` now")
            result_element(x, "receptors")
        },
        receptors = {
            n <- x@counts[["receptors"]]
            if (n <= .Machine$integer.max) as.integer(n) else n
        }
    )
}

#' @rdname ClusteringResult
#' @export
setMethod("$", "ClusteringResult", function(x, name) result_element(x, name))

#' @rdname ClusteringResult
#' @param j,... Not used.
#' @export
setMethod("[[", "ClusteringResult", function(x, i, j, ...) {
    result_element(x, check_choice(i, "i", c("clusters", "parameters",
        "receptors", "sequences")))
})

#' @rawNamespace S3method(utils::.DollarNames,ClusteringResult)
.DollarNames.ClusteringResult <- function(x, pattern = "") {
    grep(pattern, c("clusters", "parameters", "receptors"), value = TRUE)
}

cluster_sizes <- function(x) {
    clusters <- unique(x$cluster)
    # Without the count of bins tabulate() would make one of no clusters.
    tabulate(match(x$cluster, clusters), length(clusters))
}
