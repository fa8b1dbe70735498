# Makes man/figures/clusters.png, the picture of the README, of the bundled
# cohort:
#     R_LIBS=.build/library Rscript data-raw/make_picture.R
library(clustcr)
samples <- data.frame(
    repertoire_id = paste0("sample_", 1:6),
    group = rep(c("samples 1-3", "samples 4-6"), each = 3)
)
x <- clusterRepertoires(system.file("extdata", "cohort", package = "clustcr"),
    samples)
plots <- list(
    plotNetwork(x, largest = 5, colour = "group") +
        ggplot2::theme(legend.position = "bottom", legend.box = "vertical",
            legend.margin = ggplot2::margin()),
    plotClusterMatrix(x, largest = 8, phenotype = "group") +
        ggplot2::theme(legend.position = "none")
)
file <- file.path("man", "figures", "clusters.png")
grDevices::png(file, 1500, 630, res = 108, type = "cairo-png")
grid::grid.newpage()
widths <- c(0.42, 0.58)
for (i in seq_along(plots)) {
    print(plots[[i]], vp = grid::viewport(x = c(0, widths[1])[i],
        width = widths[i], just = "left"))
}
invisible(grDevices::dev.off())
stopifnot(file.size(file) < 150e3)
