# Rscript engine_growth.R: how links and the largest component grow with the
# number of receptors, without genes and within V genes: shuffled parts of the
# real million and of five million that were generated. Writes engine_growth.tsv
# and engine_groups.tsv, the share of each length (and V gene), into
# `CLUSTCR_RESULTS` (default: this folder).
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(),
    value = TRUE)))
source(file.path(here, "data.R"))
source(file.path(here, "engine_data.R"))
suppressMessages(library(clustcr))

# Receptors of two groups are never linked.
groups <- function(table, v_gene) {
    length <- nchar(table$junction_aa)
    if (v_gene == "none") return(length)
    paste(length, sub("[*].*", "", table$v_call))
}

# A store of so many rows, its links and its largest component; and how many
# receptors have the commonest length (and V gene), which no component passes.
growth <- function(source, table, n, v_gene) {
    table <- utils::head(table, n)
    clustering <- Clustering(method = "components", v_gene = v_gene,
        directory = tempfile("store-", folder))
    on.exit(clustering$batch_cleanup())
    clustering$batch_precluster(table, name = "all")
    sizes <- integer()
    giant <- character()
    clustering$batch_cluster_all(function(clusters) {
        found <- tabulate(clusters$cluster - min(clusters$cluster) + 1)
        # Its receptors have one V gene, where that counts.
        if (max(found) > max(0, sizes)) {
            giant <<- clusters$junction_aa[clusters$cluster ==
                min(clusters$cluster) + which.max(found) - 1]
        }
        sizes <<- c(sizes, found)
    })
    group <- groups(table, v_gene)
    note(data.frame(source = source, v_gene = v_gene, rows = nrow(table),
        links = clustering$edges()$edges, clustered = sum(sizes),
        largest = max(sizes), largest_links = nrow(neighborGraph(giant)),
        second = sort(sizes, decreasing = TRUE)[2],
        same_length = max(table(group))), "engine_growth.tsv")
}

unlink(file.path(results, c("engine_growth.tsv", "engine_groups.tsv")))
real <- read_shared("trb_real_1m.tsv.gz")
set.seed(1)
real <- real[sample(nrow(real)), ]
made <- as.data.frame(unique(data.table::as.data.table(
    read_shared("olga_trb_5m.tsv.gz"))))
for (v_gene in c("none", "gene")) {
    share <- sort(table(groups(real, v_gene)), decreasing = TRUE) / nrow(real)
    note(data.frame(v_gene = v_gene, group = names(share),
        share = round(as.numeric(share), 5))[share >= 1e-3, ],
        "engine_groups.tsv")
    for (n in c(2.5e5, 5e5, 1e6)) growth("real", real, n, v_gene)
    for (n in c(5e5, 1e6, 2e6, 4e6)) growth("made", made, n, v_gene)
}
