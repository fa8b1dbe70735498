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
