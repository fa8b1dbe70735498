# Clusters that are a table, whose pairs are one text.

table_of.ClusterTable <- function(x, columns) x@table

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
