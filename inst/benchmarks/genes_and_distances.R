# Rscript genes_and_distances.R [shared] [picture]: what V genes, the distance
# and MCL do to clusters of labelled receptors, as one picture (and its table
# on standard output).
library(clustcr)
args <- commandArgs(TRUE)
shared <- if (length(args)) args[1L] else Sys.getenv("CLUSTCR_SHARED")
picture <- if (length(args) > 1L) args[2L] else "genes_and_distances.png"
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(here), "labelled.R"))

distances <- list(
    "Hamming 1" = list("hamming", 1), "Levenshtein 1" = list("levenshtein", 1),
    "Hamming 2" = list("hamming", 2), "TCRdist 12" = list("tcrdist", 12),
    "TCRdist 18" = list("tcrdist", 18), "TCRdist 24" = list("tcrdist", 24)
)
sets <- labelled_sets(shared)
found <- list()
for (name in names(sets)) for (distance in names(distances)) {
    for (v_gene in c("none", "family", "gene")) {
        for (method in c("components", "mcl")) {
            m <- agreement(
                sets[[name]], if (grepl("alpha", name)) "A" else "B", method,
                v_gene, 1.5, distances[[distance]][[1L]],
                distances[[distance]][[2L]]
            )
            found[[length(found) + 1L]] <- data.frame(
                set = name, distance = distance, v_gene = v_gene,
                method = method, purity = m$purity,
                consistency = m$consistency, retention = m$retention
            )
        }
    }
}
found <- do.call(rbind, found)
write.csv(found, stdout(), row.names = FALSE, quote = FALSE)

sizes <- vapply(sets, function(x) nrow(unique(x[1:2])), 0L)
metrics <- c("purity", "consistency", "retention")
long <- do.call(rbind, lapply(metrics, function(metric) {
    data.frame(found[1:4], metric = metric, value = found[[metric]])
}))
long$metric <- factor(long$metric, metrics)
long$set <- factor(long$set, names(sets), paste0(names(sets), " (",
    format(sizes, big.mark = ",", trim = TRUE), " receptors)"))
long$distance <- factor(long$distance, names(distances))
long$v_gene <- factor(long$v_gene, c("none", "family", "gene"))
long$method <- factor(long$method, c("components", "mcl"),
    c("components", "MCL (inflation 1.5)"))

library(ggplot2)
plot <- ggplot(long, aes(distance, value, colour = v_gene, shape = method)) +
    geom_point(size = 2.4, stroke = 0.9,
        position = position_dodge(width = 0.65)) +
    facet_grid(metric ~ set, switch = "y") +
    scale_colour_manual("Neighbors have\nthe same V",
        values = c(none = "#8c8c8c", family = "#56a0d3", gene = "#d1495b")) +
    scale_shape_manual("Clusters by", values = c(1, 16)) +
    scale_y_continuous(limits = c(0, 1), breaks = c(0, 0.5, 1),
        minor_breaks = c(0.25, 0.75)) +
    labs(x = "Distance of neighbors", y = NULL) +
    theme_bw(base_size = 11) +
    theme(strip.placement = "outside", strip.background = element_blank(),
        panel.grid.major.x = element_blank(), legend.position = "bottom",
        axis.text.x = element_text(angle = 35, hjust = 1))
ggsave(picture, plot, width = 9, height = 6.5, dpi = 110)
