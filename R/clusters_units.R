# What is found of clusters a unit at a time, so that never all of their rows are
# in memory.

# As by_unit(), of a FUN that gives a row for each cluster, in their order.
by_cluster <- function(x, FUN, columns, ...) {
    found <- by_unit(x, function(rows, ...) {
        found <- FUN(rows, ...)
        found[[".identity"]] <- identity_of_rows(rows)$id
        found
    }, columns, ...)
    known <- carried_identity(x)
    if (is.null(known)) {
        known <- list(cluster = found$cluster, id = found[[".identity"]])
    }
    found[[".identity"]] <- NULL
    with_identity(found, known)
}

# The rows that FUN makes of each part of `x`, whole clusters each; of kept
# clusters with these `columns`, of others with all that they have.
by_unit <- function(x, FUN, columns, ...) {
    if (!methods::is(x, "RepertoireClusters")) {
        return(FUN(cluster_rows(x, "x"), ...))
    }
    parts <- list()
    eachUnit(x, function(table) {
        parts[[length(parts) + 1L]] <<- FUN(joined_chains(table), ...)
    }, columns = columns)
    if (!length(parts)) {
        return(FUN(joined_chains(as.data.frame(x, columns = columns)), ...))
    }
    # Longer clusters have more columns in the table of features.
    as.data.frame(data.table::rbindlist(parts, fill = TRUE))
}
