# The verbs of clusters, whatever form they have: their numbers, and their rows
# a unit at a time, so that never all of them are in memory.

# Numbers, where they are a part of a whole; NULL of a whole.
chosen_clusters <- function(x) unlist(attr(x, "chosen", exact = TRUE))

is_kept <- function(x) methods::is(x, "RepertoireClusters")

# Whether the run is known that made them, and so the rule and the samples.
of_run <- function(x) length(x@parameters) > 0L

# Of a table their names, in the order of its rows.
cluster_numbers <- function(x) {
    chosen <- chosen_clusters(x)
    if (!is.null(chosen)) chosen
    else if (of_run(x)) seq_len(x@counts[["clusters"]])
    else unique(x@table$cluster)
}

# Those of `x` that `i` names, each once; or all but these, where it is
# negative, or those where it is TRUE.
pick_clusters <- function(x, i, name = "i") {
    own <- cluster_numbers(x)
    if (!is.null(i) && !is.atomic(i)) i <- given(i)
    if (is.logical(i) && length(i) == length(own) && !anyNA(i)) return(own[i])
    place <- function(i) {
        if (is.numeric(i) && is.numeric(own)) match(i, own)
        else match(cluster_text(i), cluster_text(own))
    }
    at <- place(i)
    if (!anyNA(at)) return(own[unique(at)])
    if (is.numeric(i) && !anyNA(place(-i))) return(own[-place(-i)])
    n <- length(own)
    bad_argument("`", name, "` must ",
        if (!n) "be numbers of clusters, of which `x` has none"
        else if (identical(own, seq_len(n)))
            paste("be numbers of clusters, from 1 to", shown_number(n))
        else "name clusters of `x`",
        ", not ", toString(utils::head(cluster_text(i[is.na(at)]), 5L)))
}

# All rows of what lies in memory, and none of what lies on disk, with these
# columns; of a table with all that it has.
table_of <- function(x, columns) UseMethod("table_of")

# Calls FUN(table) for all rows of `x`, or those of the chosen clusters.
walk_rows <- function(x, FUN, columns, chosen) UseMethod("walk_rows")

walk_rows.Clusters <- function(x, FUN, columns, chosen) {
    FUN(rows_within(table_of(x, columns), chosen))
}

# Whole clusters each, in the order of `x`; empty units need no call.
walk_units <- function(x, FUN, columns = character()) {
    walk_rows(x, function(table) if (nrow(table)) FUN(table),
        check_result_columns(columns), chosen_clusters(x))
    invisible(x)
}

# The rows of these clusters, in their order.
rows_within <- function(table, chosen) {
    if (is.null(chosen)) return(table)
    at <- match(table$cluster, chosen)
    rows <- order(at)[seq_len(sum(!is.na(at)))]
    table <- table[rows, , drop = FALSE]
    rownames(table) <- NULL
    table
}

# A table without rows, but with its columns.
empty_unit <- function(x, columns) table_of(x, columns)[0L, , drop = FALSE]

# Its column of clusters called otherwise.
call_clusters <- function(table, name) {
    names(table)[names(table) == "cluster"] <- name
    table
}

collect_units <- function(x, columns, FUN = identity, ...) {
    parts <- list()
    walk_units(x, function(table) {
        parts[[length(parts) + 1L]] <<- FUN(table, ...)
    }, columns)
    if (!length(parts)) return(FUN(empty_unit(x, columns), ...))
    if (length(parts) == 1L) return(parts[[1L]])
    # Longer clusters have more columns in the table of features.
    as.data.frame(data.table::rbindlist(parts, fill = TRUE))
}

# The rows that FUN makes of each part of `x`, pairs as one text.
by_unit <- function(x, FUN, columns, ...) {
    collect_units(x, columns, function(table) FUN(joined_chains(table), ...))
}

# All rows; `columns` as of as.data.frame().
cluster_rows <- function(x, columns = NULL) {
    joined_chains(as.data.frame(x, columns = columns))
}

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
