# The rows of clusters as tables, and the columns they may have besides their
# own.

result_columns <- c("duplicate_count", "n_samples", "sample_counts",
    "cluster_id")

# Of 0.2: who asks for it gets it by that name.
old_result_columns <- c(samples = "n_samples")

check_result_columns <- function(columns) {
    known <- c(result_columns, names(old_result_columns))
    if (!is.character(columns) || !all(columns %in% known)) {
        bad_argument("`columns` must be among ",
            paste0("\"", result_columns, "\"", collapse = ", "), ", not ",
            if (is.character(columns)) name_some(setdiff(columns, known))
            else given(columns))
    }
    for (name in intersect(columns, names(old_result_columns))) {
        deprecated("`columns = \"", name, "\"` is `\"",
            old_result_columns[[name]], "\"` now")
    }
    unique(columns)
}

# What the core gives of a unit as a data.frame, pairs with a column for each
# chain.
unit_table <- function(found, chain) {
    table <- as.data.frame(found$columns)
    if (is_paired(chain)) split_pairs(table, chain) else table
}

# One without rows, with `columns` in the order in which they were asked for,
# as rows have them.
empty_table <- function(parameters, columns) {
    chains <- column_ends(parameters$chain)
    text <- c("junction_aa", if (parameters$v_gene != "none") "v_call",
        if (parameters$j_gene != "none") "j_call")
    text <- as.vector(t(outer(text, chains, paste0)))
    kinds <- list(duplicate_count = numeric(), n_samples = integer(),
        samples = integer(), sample_counts = character(),
        cluster_id = character())
    as.data.frame(c(
        stats::setNames(rep(list(character()), length(text)), text),
        list(cluster = integer(), precluster = integer()), kinds[columns]
    ))
}
