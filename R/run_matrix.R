# The matrix of clusters and samples, of units of a run.

cell_values <- c("receptors", "duplicate_count", "presence")

# Of `run`; its clusters are numbered from `cluster`.
units_matrix <- function(run, first, last, value, threads = 1L,
                         cluster = 1) {
    # The class must be known before the core makes an object of it.
    loadNamespace("Matrix")
    found <- cpp_cluster_matrix(run, first, last, value, threads)
    found$cluster <- as.integer(cluster) - 1L + seq_len(nrow(found$matrix))
    found$identity <- list(cluster = found$cluster, id = found$identity)
    found
}

# Samples x clusters, as the batch methods of Clustering give it.
batch_matrix <- function(found) {
    matrix <- Matrix::t(found$matrix)
    dimnames(matrix) <- list(found$samples, cluster_text(found$cluster))
    matrix
}
