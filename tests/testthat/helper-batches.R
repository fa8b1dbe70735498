# Small batch runs.

# A run of `batches` over `junction_aa`, preclustered but not yet clustered.
batch_run <- function(junction_aa, batches = 3, ...,
                      sample = junction_aa, faiss_cluster_size = 200,
                      max_sequence_size = 20) {
    run <- Clustering(
        faiss_training_data = sample, fitting_data_size = length(junction_aa),
        max_sequence_size = max_sequence_size,
        faiss_cluster_size = faiss_cluster_size, ...
    )
    parts <- split(junction_aa, rep_len(seq_len(batches), length(junction_aa)))
    for (part in parts) run$batch_precluster(part)
    run
}

# All that batch_cluster() returns, and how many data frames there were.
all_batches <- function(run, ...) {
    found <- list()
    while (!is.null(clusters <- run$batch_cluster(...))) {
        found[[length(found) + 1]] <- clusters
    }
    structure(do.call(rbind, found), batches = length(found))
}

# The same without the attribute, for comparisons.
batch_table <- function(run, ...) batch_table_of(all_batches(run, ...))

batch_table_of <- function(table) {
    attr(table, "batches") <- NULL
    table
}

# Everything below a folder, by name, size and content.
files_below <- function(folder) {
    names <- sort(list.files(folder, recursive = TRUE, all.files = TRUE))
    stats::setNames(tools::md5sum(file.path(folder, names)), names)
}

# An R session of its own with the same library.
in_session <- function(what, ..., timeout = 600) {
    testthat::skip_if_not_installed("callr")
    callr::r(what, list(...), timeout = timeout)
}
