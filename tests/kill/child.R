# Rscript child.R folder: preclusters and clusters the run in `folder`, from
# wherever an earlier one was killed, and writes each batch that
# batch_cluster() returns to a file of its own, before it asks for the next.
suppressMessages(library(clustcr))
folder <- commandArgs(TRUE)[1]
settings <- readRDS(file.path(folder, "settings.rds"))
store <- file.path(folder, "store")
out <- file.path(folder, "out")
dir.create(out, FALSE)

# What has returned, a line for each: a kill must not undo it.
log_line <- function(...) {
    cat(..., "\n", file = file.path(folder, "returned"), append = TRUE)
}

# From here on a kill hits the package and not R's own start.
file.create(file.path(folder, "begun"))
# The manifest is a store's last file to be made.
stored <- file.exists(file.path(store, "clustcr.dcf"))
run <- if (stored) {
    Clustering(
        directory = store, memory_limit = "1MB", n_cpus = settings$n_cpus
    )
} else {
    unlink(store, recursive = TRUE)
    Clustering(
        faiss_training_data = settings$sequences, faiss_cluster_size = 100,
        fitting_data_size = length(settings$sequences),
        max_sequence_size = 20, directory = store, memory_limit = "1MB",
        borders = settings$borders, n_cpus = settings$n_cpus
    )
}
done <- if (stored) run$batches()$repertoire_id
for (name in setdiff(names(settings$batches), done)) {
    run$batch_precluster(settings$sequences[settings$batches[[name]]], name)
    log_line("batch", name)
}
repeat {
    unit <- run$next_unit
    clusters <- run$batch_cluster()
    if (is.null(clusters)) break
    # In one step, as a script that must not lose a batch would.
    part <- file.path(out, "part")
    data.table::fwrite(clusters, part)
    file <- file.path(out, sprintf("%06d.csv", unit))
    # One that had ended begins again, and hands out what it has kept.
    is_new <- !file.exists(file)
    file.rename(part, file)
    if (is_new) log_line("unit", unit)
}
file.create(file.path(folder, "finished"))
