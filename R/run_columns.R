# The columns that rows of clusters may have besides their own.

result_columns <- c("duplicate_count", "n_samples", "sample_counts",
    "cluster_id")

# Of 0.2: who asks for it gets it by that name.
old_result_columns <- c(samples = "n_samples")

check_result_columns <- function(columns) {
    known <- c(result_columns, names(old_result_columns))
    if (!is.character(columns) || !all(columns %in% known)) {
        bad_argument("`columns` must be among ",
            paste0("\"", result_columns, "\"", collapse = ", "), ", not ",
            given(columns))
    }
    for (name in intersect(columns, names(old_result_columns))) {
        deprecated("`columns = \"", name, "\"` is `\"",
            old_result_columns[[name]], "\"` now")
    }
    unique(columns)
}
