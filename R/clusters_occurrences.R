# Which receptor is in which sample, of a table of clusters: as the core takes
# it, and as it has it of runs.

# list(rows, cluster, clusters, occurrences, samples): different receptors under
# `rule` (junction_aa and the genes that it compares, at its level); the number
# of the cluster of each, and the clusters' names; list(offsets, sample, count);
# the samples' names.
receptors_in_samples <- function(x, rule, name = "x") {
    rows <- cluster_rows(x)
    check_columns(rows, c("junction_aa", "repertoire_id"), name)
    refuse_invalid_members(rows, name)
    rows <- rows_of_samples(rows)
    compared <- list(junction_aa = rows$junction_aa)
    for (gene in c("v", "j")) {
        level <- rule[[paste0(gene, "_gene")]]
        if (level == "none") next
        column <- paste0(gene, "_call")
        check_columns(rows, column, name)
        compared[[column]] <- gene_of_pairs(as_text_column(rows[[column]],
            column, name), level)
    }
    key <- do.call(paste, c(compared, sep = "\t"))
    first <- which(!duplicated(key))
    # The core's order, so that results do not depend on that of the rows.
    first <- first[order(key[first], method = "radix")]
    names <- unique(rows$cluster)
    list(
        rows = utils::modifyList(
            list(v_call = character(), j_call = character()),
            lapply(compared, `[`, first)),
        cluster = match(rows$cluster[first], names), clusters = names,
        occurrences = sample_occurrences(match(key, key[first]),
            as.integer(rows$repertoire_id), rows[["duplicate_count"]],
            length(first), name),
        samples = levels(rows$repertoire_id)
    )
}

# Counts of the same receptor and sample are added; without any a row is one.
sample_occurrences <- function(receptor, sample, count, n, name) {
    count <- if (is.null(count)) rep(1, length(receptor))
        else check_counts(count, name)
    count[is.na(count)] <- 1
    order <- order(receptor, sample)
    first <- first_rows(receptor, sample)[order]
    total <- rowsum(count[order], cumsum(first), reorder = FALSE)
    at <- order[first]
    list(offsets = c(0, cumsum(tabulate(receptor[at], n))),
        sample = sample[at], count = as.vector(total))
}

refuse_invalid_members <- function(rows, name) {
    paired <- any(grepl(chain_separator, rows$junction_aa, fixed = TRUE))
    bad <- which(cpp_sequence_problems(rows$junction_aa, longest_sequence,
        paired) != 0L)
    if (length(bad)) {
        bad_argument("`junction_aa` of `", name, "` must be CDR3s; ",
            count_words(length(bad), "row is", "rows are"), " none, such as ",
            given(rows$junction_aa[bad[1L]]))
    }
}
