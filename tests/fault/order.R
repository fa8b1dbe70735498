# Writes down the order of the system calls of a durable store: batches until
# a checkpoint is written, then a clustering of them.
#
#   Rscript order.R SHIM FOLDER RECORD
library(clustcr)
arguments <- commandArgs(TRUE)
shim <- dyn.load(arguments[1])
folder <- arguments[2]
set.seed(1)

residues <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
parents <- replicate(900, paste(sample(residues, 9, TRUE), collapse = ""))
children <- vapply(parents, function(parent) {
    at <- sample(9, 1)
    substr(parent, at, at) <- sample(residues, 1)
    parent
}, "", USE.NAMES = FALSE)
everything <- c(parents, children)

# So small clusters that a record tells of hundreds of preclusters.
run <- suppressWarnings(Clustering(
    faiss_training_data = everything, faiss_cluster_size = 3,
    borders = "join", directory = folder, n_cpus = 1
))
record <- function(file) {
    invisible(.C("fault_record", file, folder, PACKAGE = shim[["name"]]))
}
record(arguments[3])
for (b in 1:8) {
    run$batch_precluster(sample(everything), paste("batch", b))
}
while (!is.null(run$batch_cluster())) NULL
record("")
cat("end\n")
