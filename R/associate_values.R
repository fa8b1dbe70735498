# Which values of a cluster associateClusters() tests.

association_values <- c("receptors", "presence", "duplicate_count",
    "log_count")

# As as_cluster_matrix() gives it, with `value`: what its values are. Of
# clusters and of what clusterMatrix() makes of them the same by default.
tested_matrix <- function(x, value, test, assay, depth = "none", seed = 42) {
    if (!is.null(value)) check_choice(value, "value", association_values)
    if (!is_cluster_matrix(x)) {
        if (is.null(value)) {
            value <- if (depth == "downsample") "duplicate_count"
                else association_values[1L]
        }
        found <- as_cluster_matrix(x, value = if (depth ==
            "downsample") "duplicate_count" else switch(value,
            log_count = "duplicate_count", value))
    } else {
        found <- as_cluster_matrix(x, assay = assay)
        if (methods::is(x, "SummarizedExperiment") && assay != 1) {
            found$assay <- assay
        }
        held <- held_value(x, assay)
        if (is.null(value)) {
            value <- if (is.null(held)) "as given" else held
        } else {
            check_held(value, held)
        }
    }
    if (depth == "downsample") {
        found$matrix <- downsampled_values(found$matrix, value, seed)
    }
    found$depth <- Matrix::colSums(found$matrix)
    # These tests ask for presence only, whatever the values are.
    if (test %in% c("fisher", "chisq")) value <- "presence"
    else if (value %in% c("presence", "log_count")) {
        found$matrix@x <- scaled_values(found$matrix, value)
    }
    found$value <- value
    found
}

# Of a matrix of counts; clusters have been counted so.
downsampled_values <- function(matrix, value, seed) {
    if (value == "receptors") {
        bad_argument("`depth` can't be \"downsample\" if `value` is ",
            "\"receptors\": counts are drawn; test \"duplicate_count\", ",
            "\"log_count\" or \"presence\", or use downsampleRepertoires() ",
            "before clustering")
    }
    downsampled_columns(matrix, NULL, seed)
}

# What the values are that clusterMatrix() has put into an assay, by its name.
# Of others' assays a name says nothing.
held_value <- function(x, assay) {
    if (!methods::is(x, "SummarizedExperiment")) return(NULL)
    about <- names(SummarizedExperiment::rowData(x))
    if (!all(c("size", "motif", "n_samples") %in% about)) return(NULL)
    names <- SummarizedExperiment::assayNames(x)
    name <- if (is.character(assay)) assay else names[assay]
    if (length(name) == 1L && name %in% cell_values) name
}

check_held <- function(value, held) {
    needed <- if (value == "log_count") "duplicate_count" else value
    if (is.null(held) || value == "presence" || needed == held) return()
    bad_argument("`value` must be what `x` holds, ", given(held), ", or ",
        "\"presence\", not ", given(value), "; clusterMatrix(value = ",
        given(needed), ") makes a matrix of it")
}

# Of the cells that are stored; what is no number of zero or more is left for
# the test to refuse.
scaled_values <- function(matrix, value) {
    x <- matrix@x
    if (anyNA(x) || any(x < 0)) return(x)
    if (value == "presence") return(as.numeric(x > 0))
    depth <- rep(Matrix::colSums(matrix), diff(matrix@p))
    log1p(ifelse(x > 0, x / depth * 1e4, 0))
}

# For print().
value_words <- function(value) {
    switch(value,
        presence = "presence of the cluster in a sample",
        receptors = "different receptors of the cluster in a sample",
        duplicate_count = "counts of the cluster in a sample, as they are",
        log_count = paste("log(1 + counts of the cluster per 10,000 of a",
            "sample's in `x`)"),
        "values of `x`, as they are"
    )
}
