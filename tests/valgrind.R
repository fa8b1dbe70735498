# A small run for valgrind (tests/sanitize.sh): training, preclustering and
# clustering of 3,000 sequences, both ways to treat borders.
library(clustcr)
set.seed(1)
residues <- strsplit("ACDEFGHIKLMNPQRSTVWY", "")[[1]]
parents <- replicate(500, paste(sample(residues, 12, TRUE), collapse = ""))
junction_aa <- unlist(lapply(parents, function(parent) {
    c(parent, replicate(5, {
        at <- sample(12, 1)
        substr(parent, at, at) <- sample(residues, 1)
        parent
    }))
}))
for (borders in c("cut", "join")) {
    clustering <- Clustering(
        faiss_training_data = junction_aa, faiss_cluster_size = 500,
        borders = borders, n_cpus = 2
    )
    clustering$batch_precluster(junction_aa[1:1500], "one")
    clustering$batch_precluster(c(junction_aa[1501:3000], NA, "CAS*F"), "two")
    clusters <- 0
    while (!is.null(table <- clustering$batch_cluster())) {
        clusters <- clusters + length(unique(table$cluster))
    }
    stopifnot(sum(clustering$batches()$rows) == 3000, clusters > 300)
    precluster <- readPrecluster(clustering$directory, 1)
    stopifnot(all(precluster$junction_aa %in% junction_aa))
    clustering$batch_cleanup()
}
cat("done\n")
