# Clustering in memory: the same steps as in batches, without the disk.

fit_clustering <- function(self, data, singletons, columns) {
    check_flag(singletons, "singletons")
    columns <- check_result_columns(columns)
    state <- self$state
    rows <- valid_receptors(data, state)
    threads <- check_threads(state$n_cpus)
    columns <- fit_receptors(rows, state, columns, singletons, threads)
    parameters <- lapply(
        stats::setNames(nm = fit_parameters), function(x) state[[x]]
    )
    receptors <- attr(columns, "receptors")
    attr(columns, "receptors") <- NULL
    clusters <- as.data.frame(columns)
    if (state$chain == "AB") clusters <- split_pairs(clusters)
    if (receptors <= .Machine$integer.max) receptors <- as.integer(receptors)
    new_clustering_result(clusters, parameters, receptors)
}

fit_parameters <- c(
    "method", "chain", "mcl_params", "faiss_cluster_size", "seed", "borders",
    "v_gene", "j_gene", "missing_genes", "distance", "max_distance"
)

# The rows of `data` that can be clustered; the others are told, or refused.
valid_receptors <- function(data, state) {
    source <- receptor_source(data, state)
    if (state$invalid == "error") refuse_invalid_source(source, state)
    block <- if (source$n > 0) source$fetch(1, source$n)
        else list(junction_aa = character())
    longest <- if (by_centroid(state) && length(state$max_sequence_size)) {
        state$max_sequence_size
    } else {
        longest_sequence
    }
    problems <- sequence_problems(block$junction_aa, longest, state$chain)
    labels <- cpp_problem_names()
    counts <- tabulate(problems + 1L, length(labels))
    names(counts) <- labels
    report_skipped(c(counts, source$skipped), "`data`")
    keep <- problems == 0L
    if (all(keep)) block else lapply(block, function(x) x[keep])
}

fit_receptors <- function(rows, state, columns, singletons, threads) {
    junction_aa <- rows$junction_aa
    if (!length(junction_aa)) {
        return(structure(
            list(junction_aa = character(), cluster = integer(),
                precluster = integer()),
            receptors = 0
        ))
    }
    whole_graph <- crosses_borders(state)
    by_centroid <- by_centroid(state)
    if (by_centroid) {
        longest <- if (length(state$max_sequence_size)) state$max_sequence_size
            else max(nchar(junction_aa, "bytes"))
        centroids <- state$centroids
        if (!ncol(centroids)) {
            centroids <- train_centroids(
                junction_aa, length(unique(junction_aa)),
                state$faiss_cluster_size, longest, state$seed, threads
            )
        }
    }
    split <- !whole_graph
    found <- cpp_cluster_receptors(
        junction_aa, genes_text(rows$v_call, rows$j_call, state),
        state$v_gene != "none", state$j_gene != "none",
        if (is.null(rows$duplicate_count)) numeric() else
            replace(rows$duplicate_count, is.na(rows$duplicate_count), 1),
        if (split) cpp_assign(junction_aa, longest, centroids, threads)
            else integer(),
        if (split) ncol(centroids) else 1L,
        settings_list(state, singletons), columns, threads
    )
    if (whole_graph && by_centroid) {
        found$precluster <- cpp_assign(
            found$junction_aa, longest, centroids, threads
        )
    }
    found
}
