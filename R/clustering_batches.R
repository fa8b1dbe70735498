# batch_precluster(): a table of the session becomes a batch of the store.

precluster_data <- function(self, data, name, append, replace, wait) {
    state <- self$state
    if (check_flag(append, "append") && check_flag(replace, "replace")) {
        bad_argument("only one of `append` and `replace` can be TRUE")
    }
    wait <- check_number(wait, "wait", 0)
    if (is.null(name)) {
        name <- ""
    } else {
        check_string(name, "name")
        name <- check_names(name, "name", line_ends = TRUE)
    }
    ready_for_batches(self)
    if (isTRUE(state$chain_open) && !has_store(self)) {
        state$chain <- settled_chain(state, data)
    }
    source <- receptor_source(data, state)
    # Before a store is made for it.
    if (state$invalid == "error") refuse_invalid_source(source, state)
    store <- store_pointer(self, create = TRUE)
    fetch <- source$fetch
    # What the core holds it has at once.
    if (is.function(fetch)) {
        bar <- progress_bar("Preclustering", source$n)
        if (!is.null(bar)) on.exit(cli::cli_progress_done(id = bar))
        fetch <- function(from, to) {
            if (!is.null(bar)) {
                cli::cli_progress_update(set = from - 1, id = bar)
            }
            source$fetch(from, to)
        }
    }
    counts <- cpp_store_add(
        store, name, if (append) 1L else if (replace) 2L else 0L, source$n,
        fetch, source$skipped, is_paired(state$chain), wait,
        check_threads(state$n_cpus)
    )
    report_skipped(add_counts(counts, source$skipped),
        given(attr(counts, "name")))
    # Once for an object, however many batches have a gene.
    others <- setdiff(source$other_v_genes, self$handle$told_v_genes)
    tell_other_v_genes(others)
    self$handle$told_v_genes <- c(self$handle$told_v_genes, others)
    warn_of_size(self, counts)
}

# Refuses a batch in the middle of a clustering.
ready_for_batches <- function(self) {
    state <- self$state
    if (nzchar(state$store_id)) cpp_store_check_identity(store_pointer(self))
    if (state$next_unit > 1 && state$handed_out) {
        raise_error("clustering_begun", paste(
            "a batch can't be added while clustering is under way; call",
            "`batch_rewind()` first, and cluster from the start again"
        ))
    }
    if (state$next_unit > 1) {
        inform("resumed", "Clustering begins again, with the batch that is ",
            "added.")
        forget_run(state)
    }
}

# Once for an object: what shows that its arguments do not fit its data.
warn_of_size <- function(self, counts) {
    state <- self$state
    once <- function(what, ...) {
        if (isTRUE(self$handle[[what]])) return(invisible())
        assign(what, TRUE, self$handle)
        warning(..., call. = FALSE)
    }
    if (counts[["too_long"]] > 0.005 * sum(counts)) {
        once("told_size", "`max_sequence_size` (",
            state$max_sequence_size, ") leaves out ",
            format(100 * counts[["too_long"]] / sum(counts), digits = 2),
            " % of the sequences of this batch")
    }
    if (by_centroid(state) && length(state$fitting_data_size)) {
        rows <- sum(cpp_store_batches(self$handle$store)$rows)
        if (rows > 5 * max(state$fitting_data_size, 1e4)) {
            once("told_fitting", "`fitting_data_size` was ",
                number_text(state$fitting_data_size), ", but ",
                number_text(rows), " sequences have come: preclusters are ",
                "larger than `faiss_cluster_size`, and clustering is slower")
        }
    }
}
