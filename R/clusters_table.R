# The forms in which clusters come, made into one: a data.frame with
# `junction_aa` (character), `cluster`, and `v_call`, `j_call` where there; a
# row for each receptor in a cluster. A new form is a new method.
as_cluster_table <- function(x, name = "clusters") UseMethod("as_cluster_table")

as_cluster_table.default <- function(x, name = "clusters") {
    bad_argument(
        "`", name, "` must be a data.frame with columns `cluster` and ",
        "`junction_aa`, or a RepertoireClusters, not ", given(x)
    )
}

# Of S4Vectors.
as_cluster_table.DataFrame <- function(x, name = "clusters") {
    as_cluster_table(as.data.frame(x), name)
}

as_cluster_table.data.frame <- function(x, name = "clusters") {
    x <- joined_chains(as.data.frame(x))
    check_columns(x, c("cluster", "junction_aa"), name)
    columns <- intersect(c("junction_aa", "cluster", "v_call", "j_call"),
        names(x))
    table <- x[columns]
    for (column in setdiff(columns, "cluster")) {
        table[[column]] <- as_text_column(table[[column]], column, name)
    }
    if (is.factor(table$cluster)) table$cluster <- as.character(table$cluster)
    if (anyNA(table$junction_aa)) {
        bad_argument("`junction_aa` of `", name, "` must not be missing; ",
            sum(is.na(table$junction_aa)), " are")
    }
    # Not in a cluster.
    table[in_cluster(table$cluster), , drop = FALSE]
}

# The same with all other columns behind: samples, counts, labels.
cluster_rows <- function(x, name = "clusters") {
    table <- as_cluster_table(x, name)
    x <- joined_chains(as.data.frame(x))
    x <- with_repertoires(x)
    others <- setdiff(names(x), names(table))
    cbind(table, x[in_cluster(x$cluster), others, drop = FALSE])
}

# Of a table of text that was read again, blank is no cluster, either.
in_cluster <- function(cluster) {
    text <- is.character(cluster) || is.factor(cluster)
    if (text) nzchar(as.character(cluster), keepNA = TRUE) %in% TRUE
    else !is.na(cluster)
}

# Pairs come with a column for each chain; here they are one text, as they are
# compared.
joined_chains <- function(x) {
    for (column in setdiff(c("junction_aa", "v_call", "j_call"), names(x))) {
        joined <- joined_column(x, column)
        if (is.null(joined)) next
        x[[column]] <- replace(joined, joined == chain_separator, NA)
    }
    x
}

# One of these columns of both chains; NULL where they are not there.
joined_column <- function(x, column) {
    chains <- paste0(column, "_", sides_of_pairs(x))
    if (!all(chains %in% names(x))) return(NULL)
    parts <- lapply(x[chains], function(part) {
        part <- as.character(part)
        replace(part, is.na(part), "")
    })
    paste(parts[[1L]], parts[[2L]], sep = chain_separator)
}
