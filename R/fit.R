# Clustering in memory: the same steps as in batches, without the disk.

# The columns junction_aa, cluster, precluster for valid sequences.
fit_sequences <- function(junction_aa, method, borders, centroids,
                          max_sequence_size, mcl_params, singletons, threads) {
    whole_graph <- method == "mcl" || (method == "two-step" &&
        borders == "join")
    if (!whole_graph) {
        precluster <- cpp_assign(
            junction_aa, max_sequence_size, centroids, threads
        )
        return(cpp_cluster_groups(
            junction_aa, precluster, ncol(centroids),
            if (method == "faiss") numeric() else mcl_params, singletons,
            threads
        ))
    }
    columns <- cpp_cluster_groups(
        junction_aa, rep(1L, length(junction_aa)), 1L, mcl_params, singletons,
        threads
    )
    if (method == "two-step") {
        columns$precluster <- cpp_assign(
            columns$junction_aa, max_sequence_size, centroids, threads
        )
    }
    columns
}
