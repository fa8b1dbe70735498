# Sourced by defaults.R and genes_and_distances.R: receptors whose epitope is
# known, and how well clusters of them agree with it.
#
# A labelled receptor is a CDR3 with a V gene throughout, so that settings with
# and without genes are judged by the same receptors.

labelled_sets <- function(shared) {
    dash <- utils::read.csv(file.path(shared, "data", "dash_human.csv"))
    vdjdb <- utils::read.delim(
        file.path(shared, "data", "vdjdb.slim.txt.gz"), quote = ""
    )
    vdjdb <- vdjdb[vdjdb$species == "HomoSapiens" & vdjdb$gene == "TRB", ]
    list(
        "Dash beta" = tidy_labelled(dash$cdr3_b_aa, dash$v_b_gene,
            dash$epitope),
        "Dash alpha" = tidy_labelled(dash$cdr3_a_aa, dash$v_a_gene,
            dash$epitope),
        "VDJdb beta" = tidy_labelled(vdjdb$cdr3, vdjdb$v.segm,
            vdjdb$antigen.epitope)
    )
}

tidy_labelled <- function(junction_aa, v_call, label) {
    fine <- grepl("^[ACDEFGHIKLMNPQRSTVWY]{6,32}$", junction_aa)
    unique(data.frame(
        junction_aa = junction_aa, v_call = sub("[*].*", "", v_call),
        label = label
    )[fine, ])
}

# Retention, purity, purity90 and consistency as a row.
agreement <- function(set, chain, method = "mcl", v_gene = "none",
                      inflation = 1.2, distance = "hamming",
                      max_distance = 1) {
    clusters <- as.data.frame(suppressMessages(clustcr::Clustering(
        method = method, chain = chain, v_gene = v_gene,
        mcl_params = c(inflation, 2), distance = distance,
        max_distance = max_distance
    )$fit(set)))
    level <- function(x) {
        if (v_gene == "none") "" else clustcr:::gene_level(x, v_gene)
    }
    receptors <- unique(set[c("junction_aa", "v_call")])
    receptors$cluster <- clusters$cluster[match(
        paste(receptors$junction_aa, level(receptors$v_call)),
        paste(clusters$junction_aa,
            if (v_gene == "none") "" else clusters$v_call)
    )]
    stopifnot(setequal(receptors$cluster[!is.na(receptors$cluster)],
        clusters$cluster))
    metrics <- clustcr::clusterMetrics(receptors, set, v_gene = "gene")
    as.list(stats::setNames(metrics$value, metrics$metric))
}
