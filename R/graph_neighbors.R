# The graph of neighboring receptors: man/neighborGraph.Rd.
neighborGraph <- function(data, distance = "hamming", max_distance = 1,
                          v_gene = "none", j_gene = "none",
                          missing_genes = "group", n_cpus = 1,
                          ambiguous_genes = "same", v_distance = NULL) {
    state <- with_distance_defaults(list(
        chain = "any", invalid = "error", distance = distance,
        max_distance = max_distance, v_gene = v_gene, j_gene = j_gene,
        missing_genes = missing_genes, ambiguous_genes = ambiguous_genes,
        v_distance = v_distance
    ), c(if (!missing(max_distance)) "max_distance",
        if (!missing(v_gene)) "v_gene"))
    for (name in parameters_of(rule = TRUE)) {
        state[name] <- list(check_parameter(name, state[[name]]))
    }
    check_together(c(state, method = "mcl"))
    threads <- check_threads(n_cpus)
    source <- receptor_source(data, state)
    refuse_invalid_source(source, state)
    rows <- if (source$n > 0) source$fetch(1, source$n)
        else list(junction_aa = character())
    tell_other_v_genes(source$other_v_genes)
    pairs <- cpp_neighbour_pairs(
        rows$junction_aa, genes_text(rows$v_call, rows$j_call, state),
        rule_list(state), threads
    )
    graph <- data.frame(
        from = rows$junction_aa[pairs$from], to = rows$junction_aa[pairs$to]
    )
    if (distance == "tcrdist") graph$distance <- pairs$distance
    if (state$v_gene != "none") graph$v_call <- rows$v_call[pairs$from]
    if (length(state$v_distance)) graph$v_call_to <- rows$v_call[pairs$to]
    if (state$j_gene != "none") graph$j_call <- rows$j_call[pairs$from]
    graph
}

hammingGraph <- function(data, n_cpus = 1) {
    neighborGraph(data, n_cpus = n_cpus)
}
