# Rscript defaults.R [shared] [runs]: what inflation and V genes do to clusters
# of labelled receptors, and what they cost on a million real ones: the ground
# on which the defaults of clusterRepertoires() stand.
# `shared`: a folder with data/dash_human.csv, data/vdjdb.slim.txt.gz and
# data/trb_real_1m.tsv.gz.
library(clustcr)
args <- commandArgs(TRUE)
shared <- if (length(args)) args[1L] else Sys.getenv("CLUSTCR_SHARED")
runs <- if (length(args) > 1L) as.numeric(args[2L]) else 5
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(here), "labelled.R"))

sets <- labelled_sets(shared)
cat("| Set | V | Inflation | Purity | Purity90 | Consistency | Retention |\n",
    "|---|---|--:|--:|--:|--:|--:|\n", sep = "")
for (name in names(sets)) {
    for (v_gene in c("none", "family", "gene")) {
        for (inflation in c(1.2, 1.5, 2, 3)) {
            chain <- if (grepl("alpha", name)) "A" else "B"
            m <- agreement(sets[[name]], chain, v_gene = v_gene,
                inflation = inflation)
            cat(sprintf("| %s | %s | %.1f | %.3f | %.3f | %.3f | %.3f |\n",
                name, v_gene, inflation, m$purity, m$purity90, m$consistency,
                m$retention))
        }
    }
}

million <- readCdr3(file.path(shared, "data", "trb_real_1m.tsv.gz"))
cat("\n| V | Inflation | Seconds (median of ", runs, ", range) | Clusters |\n",
    "|---|--:|--:|--:|\n", sep = "")
for (v_gene in c("none", "gene")) {
    for (inflation in c(1.2, 1.5, 2)) {
        clusters <- NULL
        times <- vapply(seq_len(runs), function(i) {
            system.time(clusters <<- Clustering(method = "mcl",
                v_gene = v_gene, mcl_params = c(inflation, 2), n_cpus = 2
            )$fit(million))[["elapsed"]]
        }, 0)
        cat(sprintf("| %s | %.1f | %.1f (%.1f to %.1f) | %d |\n", v_gene,
            inflation, stats::median(times), min(times), max(times),
            max(as.data.frame(clusters)$cluster)))
    }
}
