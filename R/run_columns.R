# The columns that rows of clusters may have besides their own.

result_columns <- c("duplicate_count", "samples", "sample_counts",
    "cluster_id")

check_result_columns <- function(columns) {
    if (!is.character(columns) || !all(columns %in% result_columns)) {
        bad_argument("`columns` must be among ",
            paste0("\"", result_columns, "\"", collapse = ", "), ", not ",
            given(columns))
    }
    unique(columns)
}
