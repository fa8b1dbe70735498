#' The result of clustering in memory
#'
#' What `Clustering$fit()` returns: clusters like [RepertoireClusters], of the
#' class `Clusters` as they are, whose table lies in memory instead of in a
#' directory. All that can be done with one on disk can be done with it, by the
#' same functions: `x[1:3]`, `head(x)`, `length(x)`,
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
#' Any other name is an error.
#'
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
        parameters = parameters,
        samples = data.frame(repertoire_id = audit$repertoire_id),
        counts = counts,
        units = data.frame(clusters = clusters, rows = as.numeric(nrow(table))),
        audit = audit, usage = numeric(), failed = no_failures, table = table,
        columns = columns
    )
}

# The columns that are always there, then these.
table_of.ClusteringResult <- function(x, columns) {
    table <- renamed(x@table, old_result_columns)
    kept <- names(renamed(stats::setNames(nm = columns), old_result_columns))
    own <- setdiff(names(table), result_columns)
    stats::setNames(table[c(own, kept)], c(own, columns))
}
