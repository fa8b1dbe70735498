# Clusters the bundled cohort in batches, says what happened and leaves a table
# and a picture in the folder clustcr-demo. Run by tools/demo, or with
#     Rscript -e 'source(system.file("scripts", "demo.R", package = "clustcr"))'
suppressPackageStartupMessages(library(clustcr))
number <- function(x) format(x, big.mark = ",", scientific = FALSE, trim = TRUE)
say <- function(what, ...) cat(sprintf("  %-14s", what), ..., "\n", sep = "")

files <- list.files(system.file("extdata", "cohort", package = "clustcr"),
    "[.]tsv[.]gz$", full.names = TRUE)
folder <- "clustcr-demo"
dir.create(folder, showWarnings = FALSE)
table_file <- file.path(folder, "clusters.tsv")
picture_file <- file.path(folder, "largest_clusters.png")
unlink(c(table_file, picture_file))

began <- proc.time()[["elapsed"]]
tables <- lapply(files, function(file) suppressMessages(readCdr3(file)))
n <- sum(vapply(tables, nrow, 0L))
set.seed(1)
size <- suppressMessages(recommendedTrainingSize(n))
sample <- sample(unlist(lapply(tables, `[[`, "junction_aa")), size)

clustering <- Clustering(
    faiss_training_data = sample, fitting_data_size = n,
    max_sequence_size = 32, n_cpus = "all", borders = "join"
)
for (i in seq_along(files)) {
    clustering$batch_precluster(tables[[i]],
        name = sub("[.]tsv[.]gz$", "", basename(files[i])))
}
clusters <- list()
while (!is.null(batch <- clustering$batch_cluster())) {
    data.table::fwrite(batch, table_file, sep = "\t", append = TRUE)
    clusters[[length(clusters) + 1]] <- batch
}
seconds <- proc.time()[["elapsed"]] - began
clusters <- do.call(rbind, clusters)
edges <- attr(clustering$audit(edges = TRUE), "edges")
batches <- clustering$batches()
preclusters <- ncol(clustering$centroids)
clustering$batch_cleanup()

samples <- data.frame(
    junction_aa = unlist(lapply(tables, `[[`, "junction_aa")),
    count = unlist(lapply(tables, `[[`, "duplicate_count")),
    sample = rep(batches$name, batches$rows)
)
distinct <- length(unique(samples$junction_aa))
cat("clustcr ", format(utils::packageVersion("clustcr")),
    ": the bundled cohort, clustered in batches\n\n", sep = "")
say("Sequences", number(n), " in ", length(files), " samples, ",
    number(distinct), " distinct")
say("Preclusters", preclusters, ", trained on ", number(size), " sequences")
say("Links kept", number(edges$edges_kept), " of ", number(edges$edges),
    " between CDR3s one residue apart (borders = \"join\")")
say("Clusters", number(length(unique(clusters$cluster))), " of ",
    number(nrow(clusters)), " CDR3s that have a neighbour")
say("Time", sprintf("%.1f s", seconds), ", from the files to the clusters")

source(system.file("scripts", "plot_clusters.R", package = "clustcr"))
described <- describe_largest(clusters, samples)
largest <- described$largest
# The example of a cluster is its most frequent CDR3.
samples$cluster <- clusters$cluster[match(samples$junction_aa,
    clusters$junction_aa)]
frequent <- samples[order(-samples$count, samples$junction_aa), ]
example <- frequent$junction_aa[match(largest$cluster, frequent$cluster)]
wide <- max(nchar(largest$consensus), nchar("consensus"))
cat("\n  The ten largest clusters\n")
row <- paste0("  %7s  %5s  %-", wide, "s  %s\n")
cat(sprintf(row, "cluster", "CDR3s", "consensus", "most frequent"))
cat(sprintf(row, largest$cluster, number(largest$size),
    largest$consensus, example), sep = "")

if (requireNamespace("ggplot2", quietly = TRUE)) {
    grDevices::png(picture_file, width = 2400, height = 1150, res = 200,
        type = "cairo")
    library(ggplot2)
    draw_largest(described)
    invisible(grDevices::dev.off())
} else {
    picture_file <- NULL
}
cat("\n  Written: ", paste(c(table_file, picture_file), collapse = ", "), "\n",
    sep = "")
