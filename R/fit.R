# Clustering in memory: the same steps as in batches, without the disk.

# The columns junction_aa, cluster, precluster for valid sequences.
fit_sequences <- function(junction_aa, method, centroids, max_sequence_size,
                          mcl_params, singletons, threads) {
    if (method == "mcl") {
        return(cpp_cluster_groups(
            junction_aa, rep(1L, length(junction_aa)), 1L, mcl_params,
            singletons, threads
        ))
    }
    group <- cpp_assign(junction_aa, max_sequence_size, centroids, threads)
    cpp_cluster_groups(
        junction_aa, group, ncol(centroids),
        if (method == "faiss") numeric() else mcl_params, singletons, threads
    )
}
