# What became of the rows that were given.

audit_clustering <- function(self, edges) {
    check_flag(edges, "edges")
    batches <- cpp_store_batches(store_pointer(self))
    audit <- audit_table(batches)
    attr(audit, "receptors") <- receptor_audit(self, sum(audit$accepted),
        batches$committed)
    if (edges) attr(audit, "edges") <- count_edges(self)
    class(audit) <- c("clustcr_audit", class(audit))
    audit
}

# rows = those of all samples; occurrences = the sum over receptors of the
# samples that have them; receptors = clustered + without neighbour. A
# clustering of fewer batches than there are now says nothing of these rows.
receptor_audit <- function(self, rows, committed) {
    state <- self$state
    known <- list(
        rows = rows, occurrences = NA_real_, receptors = NA_real_,
        clustered = NA_real_, without_neighbor = NA_real_, clusters = NA_real_
    )
    if (is.null(state$run) || state$run$batches != committed) return(known)
    totals <- tryCatch(
        cpp_run_totals(open_run_again(self)),
        clustcr_error_gone = function(e) NULL
    )
    if (is.null(totals) || totals[["done"]] < totals[["units"]]) return(known)
    known$occurrences <- totals[["occurrences"]]
    known$receptors <- totals[["receptors"]]
    known$clusters <- totals[["clusters"]]
    if (!state$run$singletons) {
        known$clustered <- totals[["rows"]]
        known$without_neighbor <- known$receptors - known$clustered
    }
    known
}

# The edges of the whole graph come with the units of a clustering across
# borders; where the object has another, they are counted in a run of their
# own, which leaves that of the object alone.
count_edges <- function(self) {
    state <- self$state
    threads <- check_threads(state$n_cpus)
    store <- store_pointer(self)
    cpp_store_check_identity(store)
    counter <- cpp_run_begin(
        store,
        settings_list(state, FALSE, method = "edges", join = TRUE),
        work_directory_text(self), threads
    )
    totals <- cpp_run_totals(counter)
    with_progress("Counting edges", {
        for (unit in seq_len(totals[["units"]])) {
            cpp_run_unit(counter, unit, 1, character(), threads)
        }
    })
    totals <- cpp_run_totals(counter)
    divided <- totals[["divided"]] > 0
    all <- if (!divided) totals[["edges"]]
        else if (state$max_distance == 1 || state$distance == "tcrdist")
            totals[["edges_joined"]]
        else NA_real_
    kept <- if (crosses_borders(state)) totals[["edges"]]
        else totals[["edges_within"]]
    list(
        edges = all, edges_kept = kept,
        share_kept = if (isTRUE(all == 0)) 1 else kept / all,
        divided_receptors = if (crosses_borders(state)) totals[["divided"]]
            else NA_real_
    )
}

print.clustcr_audit <- function(x, ...) {
    if (all(c("repertoire_id", "given", "accepted") %in% names(x))) {
        say_lines(describe_loss(as.data.frame(x)))
    }
    print_table(as.data.frame(x), ...)
    receptors <- attr(x, "receptors")
    if (!is.null(receptors) && !is.na(receptors$receptors)) {
        cat(count_words(receptors$rows, "row is ", "rows are "),
            count_text(receptors$receptors, "distinct receptor"), sep = "")
        if (!is.na(receptors$clustered)) {
            cat(": ", shown_number(receptors$clustered), " in ",
                count_text(receptors$clusters, "cluster"), ", ",
                shown_number(receptors$without_neighbor),
                " without neighbor", sep = "")
        }
        cat("\n")
    }
    edges <- attr(x, "edges")
    if (!is.null(edges)) {
        cat(sprintf(
            "%s of %s edges kept (%.2f %%)\n",
            shown_number(edges$edges_kept),
            shown_number(edges$edges), 100 * edges$share_kept
        ))
    }
    invisible(x)
}

as.data.frame.clustcr_audit <- function(x, ...) {
    attr(x, "edges") <- NULL
    attr(x, "receptors") <- NULL
    class(x) <- "data.frame"
    x
}

# As tab-separated text, for the command line.
write_audit <- function(audit, safe = FALSE) {
    writer <- table_writer("tsv", safe)
    utils::write.table(text_fields(as.data.frame(audit), writer), sep = "\t",
        quote = FALSE, row.names = FALSE)
    tell_of_fields(writer, "`--safe` writes an apostrophe before it.")
}
