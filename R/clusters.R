setMethod("length", "Clusters", function(x) {
    chosen <- chosen_clusters(x)
    as_whole(if (is.null(chosen)) x@counts[["clusters"]] else length(chosen))
})

as_whole <- function(n) if (n <= .Machine$integer.max) as.integer(n) else n

setMethod("[", "Clusters", function(x, i, j, ..., drop = TRUE) {
    if (!missing(j) || ...length()) {
        bad_argument("`x` takes numbers of clusters and nothing else, as ",
            "in `x[1:3]`; take columns from `as.data.frame(x)`")
    }
    if (!missing(i)) x@chosen <- list(pick_clusters(x, i))
    x
})

setMethod("[[", "Clusters", function(x, i, j, ...) {
    if (!missing(j) || ...length()) {
        bad_argument("`x[[i]]` must have one number of a cluster")
    }
    if (is.character(i)) clusters_element(x, i, "i") else one_cluster(x, i)
})

setMethod("$", "Clusters", function(x, name) clusters_element(x, name, "name"))

# What a list would have; a name that is none is an error.
clusters_element <- function(x, element, name) {
    if (identical(element, "sequences")) {
        deprecated("`$sequences` is `$receptors` now")
        element <- "receptors"
    }
    if (!isTRUE(element %in% clusters_elements)) {
        bad_argument("`", name, "` must be one of ", paste0("\"",
            clusters_elements, "\"", collapse = ", "), ", not ",
            given(element), "; columns are those of `as.data.frame(x)`")
    }
    switch(element,
        clusters = as.data.frame(x), parameters = x@parameters,
        receptors = as_whole(x@counts[["receptors"]])
    )
}

clusters_elements <- c("clusters", "parameters", "receptors")

.DollarNames.Clusters <- function(x, pattern = "") {
    grep(pattern, clusters_elements, value = TRUE)
}

head.Clusters <- function(x, n = 6L, ...) {
    # In `x[...]` dispatch would make another error of it.
    first <- utils::head(cluster_numbers(x), check_number(n, "n", whole = TRUE))
    x[first]
}

as.data.frame.Clusters <- function(x, row.names = NULL, optional = FALSE, ...,
                                   columns = NULL) {
    more <- list(...)
    # What data.frame() itself hands on.
    refuse_arguments(more[!names(more) %in% c("stringsAsFactors", "nm")],
        "as.data.frame()", own = c("row.names", "optional", "columns"))
    # Those that fit() was asked for.
    if (is.null(columns)) columns <- if (methods::.hasSlot(x, "columns"))
        x@columns else character()
    table <- collect_units(x, columns)
    if (!is.null(row.names)) rownames(table) <- row.names
    table
}

eachUnit <- function(x, FUN, ..., columns = character()) {
    x <- as_clusters(x)
    FUN <- match.fun(FUN)
    walk_units(x, function(table) FUN(table, ...), columns)
}

clusterMembers <- function(x, cluster, ...) {
    old_arguments()
    one_cluster(as_clusters(x), cluster, "cluster")
}

# The receptors of a cluster, by sample.
one_cluster <- function(x, cluster, name = "i") {
    if (length(x)) cluster <- check_number(cluster, name, 1, whole = TRUE)
    x@chosen <- list(pick_clusters(x, cluster, name))
    rows <- collect_units(x, "sample_counts")
    if (is.null(rows$sample_counts)) rows
    else by_sample(rows, x@samples$repertoire_id)
}

# A row for each receptor and repertoire that has it, from `sample_counts`.
by_sample <- function(rows, repertoire_id) {
    at <- sample_numbers(rows$sample_counts)
    keep <- setdiff(names(rows), c("sample_counts", "precluster"))
    found <- rows[at$row, keep, drop = FALSE]
    found$repertoire_id <- repertoire_id[at$sample]
    found$duplicate_count <- at$count
    rownames(found) <- NULL
    found
}

# What `sample_counts` says: list(row, sample, count), numbers.
sample_numbers <- function(sample_counts) {
    parts <- strsplit(chartr(":", ",", as.character(sample_counts)), ",",
        fixed = TRUE)
    numbers <- as.numeric(unlist(parts))
    odd <- rep_len(c(TRUE, FALSE), length(numbers))
    list(row = rep(seq_along(parts), lengths(parts) / 2L),
        sample = numbers[odd], count = numbers[!odd])
}

clusterParameters <- function(x, ...) {
    old_arguments()
    as_clusters(x)@parameters
}

clusterSamples <- function(x, ...) {
    old_arguments()
    as_clusters(x)@samples
}

stored_audit <- function(x) renamed(x@audit, old_columns$clustcr_audit)

clusterAudit <- function(x, ...) {
    old_arguments()
    x <- as_clusters(x)
    if (!of_run(x)) {
        bad_argument("`x` must be clusters of a run, as of ",
            "clusterRepertoires() or fit(): a table does not know which rows ",
            "it was made of")
    }
    counts <- as.list(x@counts)
    counts[c("given", "without_v_call")] <- NULL
    counts$without_neighbor <- counts$receptors - counts$clustered
    if (x@parameters$singletons) {
        counts["clustered"] <- counts["without_neighbor"] <- list(NA_real_)
    }
    structure(stored_audit(x), receptors = counts,
        class = c("clustcr_audit", "data.frame"))
}
