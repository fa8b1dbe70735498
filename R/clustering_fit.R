# Clustering in memory: the same steps as in batches, without the disk.

fit_clustering <- function(self, data, singletons, columns) {
    check_flag(singletons, "singletons")
    columns <- check_result_columns(columns)
    state <- as.environment(as.list(self$state))
    state$chain <- settled_chain(self$state, data)
    valid <- valid_receptors(data, state)
    tell_one_sample(data)
    found <- fit_receptors(valid$rows, state, singletons,
        check_threads(state$n_cpus))
    parameters <- c(
        lapply(stats::setNames(nm = fit_parameters), function(x) state[[x]]),
        list(singletons = singletons)
    )
    table <- if (is.null(found)) empty_table(parameters, result_columns)
        else unit_table(found, state$chain)
    new_clustering_result(
        table, columns, parameters, valid$audit,
        receptors = if (is.null(found)) 0 else found$receptors,
        clusters = if (is.null(found)) 0 else found$clusters,
        without_v_call = lacking_v_call(valid$rows, state)
    )
}

# Who names repertoires may look for them in the clusters.
tell_one_sample <- function(data) {
    if (!is_table(data) || !"repertoire_id" %in% names(data)) {
        return(invisible())
    }
    ids <- unique(without_words(id_text(plain_column(data, "repertoire_id"))))
    ids <- ids[!is.na(ids) & nzchar(ids)]
    if (length(ids) < 2L) return(invisible())
    inform("sheet", "The ", shown_number(length(ids)), " repertoires of ",
        "`data` (", name_some(ids, 3L), ") are clustered as one sample; ",
        "clusterRepertoires() counts each by itself.")
}

lacking_v_call <- function(rows, state) {
    if (state$v_gene == "none") return(NA_real_)
    sum(grepl(if (is_paired(state$chain)) "^:|:$" else "^$", rows$v_call))
}

fit_parameters <- c(
    "method", "chain", "mcl_params", "faiss_cluster_size", "seed", "borders",
    "v_gene", "j_gene", "missing_genes", "missing_chain", "distance",
    "max_distance", "ambiguous_genes", "v_distance", "weighted"
)

# list(rows, audit): the rows of `data` that can be clustered, and what became
# of all; the others are told, or refused.
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
    counts <- add_counts(counts, source$skipped)
    report_skipped(counts, "`data`")
    tell_other_v_genes(source$other_v_genes)
    keep <- problems == 0L
    list(
        rows = if (all(keep)) block else lapply(block, function(x) x[keep]),
        audit = audit_table(list(name = "data", counts = matrix(
            as.numeric(counts), 1L, dimnames = list(NULL, names(counts))
        )))
    )
}

# list(columns, receptors, clusters); NULL where there is nothing.
fit_receptors <- function(rows, state, singletons, threads) {
    junction_aa <- rows$junction_aa
    if (!length(junction_aa)) return(NULL)
    whole_graph <- crosses_borders(state)
    by_centroid <- by_centroid(state)
    if (by_centroid) {
        longest <- if (length(state$max_sequence_size)) state$max_sequence_size
            else max(nchar(junction_aa, "bytes"))
        centroids <- state$centroids
        if (!ncol(centroids)) {
            centroids <- train_centroids(
                junction_aa, length(unique(junction_aa)),
                state$faiss_cluster_size, longest, state$seed, threads,
                state$method
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
        settings_list(state, singletons), result_columns, threads
    )
    if (whole_graph && by_centroid) {
        found$columns$precluster <- cpp_assign(
            found$columns$junction_aa, longest, centroids, threads
        )
    }
    found
}
