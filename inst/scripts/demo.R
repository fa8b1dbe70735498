# Clusters the bundled cohort in batches, says what happened and leaves a table
# and two pictures in the folder clustcr-demo. Run by tools/demo, or with
#     Rscript -e 'source(system.file("scripts", "demo.R", package = "clustcr"))'
suppressPackageStartupMessages(library(clustcr))
number <- function(x) format(x, big.mark = ",", scientific = FALSE, trim = TRUE)
say <- function(what, ...) cat(sprintf("  %-14s", what), ..., "\n", sep = "")

files <- list.files(system.file("extdata", "cohort", package = "clustcr"),
    "[.]tsv[.]gz$", full.names = TRUE)
folder <- "clustcr-demo"
dir.create(folder, showWarnings = FALSE)
table_file <- file.path(folder, "clusters.tsv")
pictures <- file.path(folder, c("largest_clusters.png", "motifs.png"))
unlink(c(table_file, pictures))

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
preclusters <- ncol(clustering$centroids)
x <- openClusters(clustering$directory)
described <- clusterSummary(x)

distinct <- length(unique(unlist(lapply(tables, `[[`, "junction_aa"))))
cat("clustcr ", format(utils::packageVersion("clustcr")),
    ": the bundled cohort, clustered in batches\n\n", sep = "")
say("Sequences", number(n), " in ", length(files), " samples, ",
    number(distinct), " distinct")
say("Preclusters", preclusters, ", trained on ", number(size), " sequences")
say("Links kept", number(edges$edges_kept), " of ", number(edges$edges),
    " between CDR3s one residue apart (borders = \"join\")")
say("Clusters", number(length(unique(clusters$cluster))), " of ",
    number(nrow(clusters)), " CDR3s that have a neighbor")
say("Time", sprintf("%.1f s", seconds), ", from the files to the clusters")

cat("\n")
print(described)

# What users call: see ?plotClusterMatrix and ?plotMotif. The cohort's first
# three samples are of one group, the others of another.
draw <- function(file, plot, width, height) {
    grDevices::png(file, width, height, res = 150, type = "cairo")
    print(plot)
    invisible(grDevices::dev.off())
}
groups <- data.frame(repertoire_id = clusterSamples(x)$repertoire_id,
    group = rep(c("samples 1-3", "samples 4-6"), each = 3))
if (requireNamespace("ggplot2", quietly = TRUE)) {
    draw(pictures[1], plotClusterMatrix(x, largest = 10, phenotype = "group",
        samples = groups), 1800, 900)
}
if (all(vapply(c("ggplot2", "ggseqlogo"), requireNamespace, NA,
    quietly = TRUE))) {
    draw(pictures[2], plotMotif(x, largest = 4), 1500, 900)
}
clustering$batch_cleanup()
cat("\n  Written: ", paste(Filter(file.exists, c(table_file, pictures)),
    collapse = ", "), "\n", sep = "")
