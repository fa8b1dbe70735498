# A run's directory. The fields of a Clustering object are the truth and the
# external pointer is a cache: it is made again from the directory when it is
# missing, as it is after readRDS().

# The parameters a store remembers, so that a new session can resume it.
stored_parameters <- c(
    "method", "chain", "faiss_cluster_size", "mcl_params",
    "fitting_data_size", "seed", "invalid", "borders"
)

parameters_to_text <- function(parameters) {
    vapply(
        parameters[stored_parameters],
        function(x) paste(format(x, digits = 17, trim = TRUE), collapse = " "),
        ""
    )
}

parameters_from_text <- function(text) {
    numbers <- setdiff(stored_parameters, c("method", "chain", "invalid",
        "borders"))
    parameters <- as.list(text[stored_parameters])
    parameters[numbers] <- lapply(
        strsplit(text[numbers], " ", fixed = TRUE), as.numeric
    )
    parameters
}

# Folders under tempdir() are gone with the session: nothing there has to
# survive a power cut, so nothing waits for the disk.
is_temporary <- function(directory) {
    startsWith(
        normalizePath(directory, mustWork = FALSE),
        paste0(normalizePath(tempdir()), .Platform$file.sep)
    )
}

create_store <- function(directory, max_sequence_size, centroids,
                         parameters) {
    cpp_store_create(
        path.expand(directory), max_sequence_size, centroids,
        parameters_to_text(parameters), !is_temporary(directory)
    )
}

open_store <- function(directory) {
    cpp_store_open(path.expand(directory), !is_temporary(directory))
}

# Adds `data` as one batch; returns the counts by problem.
add_batch <- function(run, data, name, on_duplicate, invalid,
                      max_sequence_size, threads) {
    source <- as_sequence_source(data)
    if (invalid == "error") {
        refuse_invalid_source(source, max_sequence_size)
    }
    counts <- cpp_store_add(
        run, name, match(on_duplicate, c("error", "append", "replace")) - 1L,
        source$n, source$fetch, threads
    )
    report_skipped(counts, given(name))
    counts
}

# Looks through all blocks before anything is written.
refuse_invalid_source <- function(source, max_sequence_size, block = 1e6) {
    from <- 1
    while (from <= source$n) {
        to <- min(source$n, from + block - 1)
        junction_aa <- source$fetch(from, to)$junction_aa
        refuse_invalid(
            cpp_sequence_problems(junction_aa, max_sequence_size),
            junction_aa, "data", from - 1
        )
        from <- to + 1
    }
}

# One row a batch: its name, and how many sequences were given, accepted, and
# skipped for which reason.
audit_table <- function(batches) {
    problems <- setdiff(cpp_problem_names(), "none")
    counts <- vapply(
        batches$counts, function(x) x[c("none", problems)],
        numeric(length(problems) + 1)
    )
    counts <- matrix(counts, nrow = length(problems) + 1,
        dimnames = list(c("accepted", problems), NULL))
    data.frame(
        name = batches$name, given = colSums(counts),
        as.data.frame(t(counts))
    )
}

# How many edges of the whole Hamming-1 graph the clustering sees.
edge_audit <- function(plan, borders) {
    kept <- if (borders == "cut") {
        plan[["edges_within"]]
    } else {
        plan[["edges"]] - plan[["divided_edges_lost"]]
    }
    list(
        edges = plan[["edges"]], edges_kept = kept,
        share_kept = if (plan[["edges"]] > 0) kept / plan[["edges"]] else 1,
        divided_sequences = if (borders == "cut") NA_real_ else
            plan[["divided_sequences"]]
    )
}

#' @export
print.clustcr_audit <- function(x, ...) {
    print(as.data.frame(x), ...)
    edges <- attr(x, "edges")
    if (!is.null(edges)) {
        cat(sprintf(
            "%s of %s Hamming-1 edges kept (%.2f %%)\n",
            format(edges$edges_kept, big.mark = ","),
            format(edges$edges, big.mark = ","), 100 * edges$share_kept
        ))
    }
    invisible(x)
}

#' @export
as.data.frame.clustcr_audit <- function(x, ...) {
    attr(x, "edges") <- NULL
    class(x) <- "data.frame"
    x
}

#' Read a precluster from a store
#'
#' The rows of one precluster file, in the order in which they came. The file
#' itself, `shards/1/preclusters/*/*.tsv` in the store's directory, is
#' tab-separated text that any tool reads; `vignette("out-of-core")` describes
#' all files of a store.
#'
#' @param directory The directory of a [Clustering] run.
#' @param precluster The number of the precluster, from 1.
#' @return A data.frame with a row for each sequence: `junction_aa`, `v_call`
#'     (`""` where none was given), `duplicate_count` and `name`, the batch it
#'     came with.
#' @export
#' @examples
#' directory <- tempfile()
#' clustering <- Clustering(
#'     faiss_training_data = c("CASSLGQAYEQYF", "CASSPGQAYEQYF"),
#'     fitting_data_size = 2, max_sequence_size = 20, directory = directory
#' )
#' clustering$batch_precluster(c("CASSLGQAYEQYF", "CASSPGQAYEQYF"), "first")
#' readPrecluster(directory, 1)
#' clustering$batch_cleanup()
readPrecluster <- function(directory, precluster) {
    directory <- check_string(directory, "directory")
    precluster <- check_number(precluster, "precluster", 1, whole = TRUE)
    run <- open_store(directory)
    as.data.frame(cpp_store_read(run, precluster))
}
