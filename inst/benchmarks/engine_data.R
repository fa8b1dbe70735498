# What engine.R, engine_costs.R and engine_growth.R have in common.
folder <- Sys.getenv("CLUSTCR_BENCH", file.path(tempdir(), "bench"))
results <- Sys.getenv("CLUSTCR_RESULTS", here)

# Prints rows and adds them to a file of results.
note <- function(table, name) {
    print(table, row.names = FALSE)
    file <- file.path(results, name)
    data.table::fwrite(table, file, append = file.exists(file), sep = "\t")
}

# The published method divides the receptors among 200 centroids; the others by
# a hash. "components" is the same join without MCL.
engine_cases <- list(
    "two-step, cut" = list(method = "two-step", borders = "cut"),
    "mcl" = list(method = "mcl"),
    "mcl, V genes" = list(method = "mcl", v_gene = "gene"),
    "components" = list(method = "components")
)

# An empty store; making it (training the centroids) is not what is measured.
engine_store <- function(case, folder, ...) {
    arguments <- engine_cases[[case]]
    if (arguments$method == "two-step") {
        sample <- suppressMessages(readCdr3(real_files(folder)[1]))
        arguments <- c(arguments, list(faiss_training_data = sample,
            fitting_data_size = 1e6, max_sequence_size = 32))
    }
    clustering <- do.call(Clustering, c(arguments, list(n_cpus = 1,
        directory = tempfile("store-", folder), ...)))
    clustcr:::store_pointer(clustering, create = TRUE)
    clustering
}
